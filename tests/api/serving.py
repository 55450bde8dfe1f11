"""The service over real HTTP: uvicorn with the parser and loop settings of `regulars serve`, on a free port."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from graph.store.database import Database

KEY = "rg_secret"


class NoStore(Database):
    """Fails whoever asks it anything."""

    def __init__(self) -> None:
        self.round_trips = 0


@asynccontextmanager
async def served(app: ASGIApp, **options: Any) -> AsyncGenerator[str]:
    """The address of `app`, which is served meanwhile."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_level="error", lifespan="off", http="httptools", **{"ws": "none"} | options)
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve([listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running
