"""The service over real HTTP: uvicorn with the parser and loop settings of `regulars serve`, on a free port."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from api.app import create_app
from api.auth.authenticate import authenticator
from api.cost_bucket import MemoryBucket
from api.graphql.endpoint import graphql_routes
from api.shared_state import in_memory
from domain.settings import Settings
from graph.store import request_scope
from graph.store.database import Database, Row
from tests.kit.building import parts_of
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.waiting import LONG_S

KEY = "rg_secret"
KEPT_S = 120
"""How long a connection is kept that nobody uses."""


class NoStore(Database):
    """Fails whoever asks it anything."""

    def __init__(self) -> None:
        self.round_trips = 0
        self._users = {}


@asynccontextmanager
async def served(app: ASGIApp, **options: Any) -> AsyncGenerator[str]:
    """The address of `app`, which is served meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            app,
            log_level="error",
            lifespan="off",
            http="httptools",
            **{"ws": "none", "timeout_keep_alive": KEPT_S} | options,
        )
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


RESPONSE = "application/graphql-response+json"


class SlowStore(NoStore):
    """Knows no brands, takes its time, and answers while it is `open`; notes the seconds that each query was given."""

    def __init__(self, takes: float = 0.0) -> None:
        super().__init__()
        self.takes = takes
        self.open = asyncio.Event()
        self.open.set()
        self.given: list[float] = []
        self.stopped = 0

    async def read(self, name: str, /, **parameters: Any) -> list[Row]:
        self.given.append(request_scope.seconds_left(30))
        try:
            await asyncio.sleep(self.takes)
            await self.open.wait()
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return []


@asynccontextmanager
async def service(
    store: SlowStore, clock: Callable[[], float] = time.monotonic, **changes: Any
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the whole service over that store. Callers get their cost back by this clock."""
    settings = Settings.model_validate(changes)
    bucket = MemoryBucket(settings.graphql_bucket, settings.graphql_restored_per_second, clock)
    app = create_app(
        settings,
        parts=parts_of(store),
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key=KEY,
        shared=replace(in_memory(settings), bucket=bucket),
    )
    headers = {"x-api-key": KEY, "accept": RESPONSE}
    async with served(app) as url, httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S) as client:
        yield client


def client_of(environment: str) -> httpx.AsyncClient:
    """A client of GraphQL without a store behind it, for what is refused before anything is executed."""
    settings = Settings(environment=environment)  # pyright: ignore[reportCallIssue]
    routes = graphql_routes(settings, parts_of(NoStore()), authenticator(KEY))
    headers = {"authorization": f"Bearer {KEY}", "accept": RESPONSE}
    transport = httpx.ASGITransport(Starlette(routes=routes))
    return httpx.AsyncClient(transport=transport, base_url="http://regulars", headers=headers)
