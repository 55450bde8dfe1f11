"""A worker's connections end with an answer that says so, and not before their time."""

from __future__ import annotations

import asyncio
import socket

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from bench.load import exchange
from cli import connections

REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


@pytest.mark.parametrize("lasts", [0.0, 60.0])
async def test_a_connection_passes_on_after_its_time(monkeypatch: pytest.MonkeyPatch, lasts: float) -> None:
    monkeypatch.setattr(connections, "_LASTS_S", lasts)
    app = Starlette(routes=[Route("/", lambda request: Response("here"))])
    config = uvicorn.Config(app, http=connections.Passing, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        serving = asyncio.create_task(server.serve([listening]))
        reader, writer = await asyncio.open_connection(*address)
        for _ in range(2):
            writer.write(REQUEST)
            assert await exchange(reader) == (200, b"here", lasts == 0)
            if lasts == 0:
                assert await reader.read() == b""
                break
        writer.close()
        server.should_exit = True
        await serving
