"""A receiver of webhooks: a real HTTP server in a thread, which keeps what arrives and answers as a test wants."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.kit.ports import free_ports
from tests.kit.waiting import LONG_S


@dataclass
class Hooks:
    """What arrived: the headers and the body of each request. `answer` gives the status for each, by its number."""

    port: int
    answer: Callable[[int], int] = lambda number: 204
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list[tuple[dict[str, str], bytes]])

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/hooks"

    @property
    def events(self) -> list[dict[str, Any]]:
        return [orjson.loads(body) for _, body in self.requests]

    @property
    def ids(self) -> list[str]:
        """The events' ids, in the order in which they arrived."""
        return [event["id"] for event in self.events]

    async def take(self, request: Request) -> Response:
        self.requests.append((dict(request.headers), await request.body()))
        status = self.answer(len(self.requests))
        # Whoever follows a redirect comes back here. A long answer is read up to a limit.
        return Response("" if status == 204 else "x" * 100_000, status, headers={"location": self.url})


@contextmanager
def hook_receiver() -> Generator[Hooks]:
    """The server, until the end."""
    hooks = Hooks(free_ports())
    app = Starlette(routes=[Route("/hooks", hooks.take, methods=["GET", "POST"])])
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=hooks.port, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive()
    try:
        yield hooks
    finally:
        server.should_exit = True
        thread.join(LONG_S)
