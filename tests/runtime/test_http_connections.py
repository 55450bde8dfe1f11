"""Connections end when their time is up: a worker's after a while, anybody's where a request's head never ends."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from bench.kit.load_generator import exchange
from runtime import http_connections
from tests.kit.waiting import LONG_S

REQUEST = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
WITHIN_S = 0.3


@asynccontextmanager
async def connected(
    protocol: type[asyncio.Protocol],
) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a server of such connections."""
    app = Starlette(routes=[Route("/", lambda request: Response("here"))])
    server = uvicorn.Server(uvicorn.Config(app, http=protocol, log_config=None, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = listening.getsockname()
        serving = asyncio.create_task(server.serve([listening]))
        reader, writer = await asyncio.open_connection(*address)
        try:
            yield reader, writer
        finally:
            writer.close()
            server.should_exit = True
            await serving


@pytest.mark.parametrize("lasts", [0.0, 60.0])
async def test_a_connection_passes_on_after_its_time(monkeypatch: pytest.MonkeyPatch, lasts: float) -> None:
    monkeypatch.setattr(http_connections, "_LASTS_S", lasts)
    async with connected(http_connections.Passing) as (reader, writer):
        for _ in range(2):
            writer.write(REQUEST)
            assert await exchange(reader) == (200, b"here", lasts == 0)
            if lasts == 0:
                assert await reader.read() == b""
                break


@pytest.mark.parametrize("before", [b"", REQUEST], ids=["the first request", "a later one"])
@pytest.mark.parametrize("protocol", [http_connections.Bounded, http_connections.Passing])
async def test_a_head_that_drips_in_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, protocol: type[asyncio.Protocol], before: bytes
) -> None:
    monkeypatch.setattr(http_connections, "HEAD_WITHIN_S", WITHIN_S)
    async with connected(protocol) as (reader, writer):
        if before:
            writer.write(before)
            assert (await exchange(reader))[0] == 200
        started = asyncio.get_running_loop().time()

        async def drip() -> None:
            for byte in REQUEST[:-1]:
                writer.write(bytes([byte]))
                await asyncio.sleep(WITHIN_S / 4)

        dripping = asyncio.create_task(drip())
        status, _, _ = await asyncio.wait_for(exchange(reader), LONG_S)
        dripping.cancel()
        assert status == 408
        assert asyncio.get_running_loop().time() - started >= WITHIN_S


async def test_a_connection_that_says_nothing_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connections, "HEAD_WITHIN_S", WITHIN_S)
    async with connected(http_connections.Bounded) as (reader, _):
        assert (await asyncio.wait_for(exchange(reader), LONG_S))[0] == 408


async def test_a_head_without_end_is_cut_off() -> None:
    async with connected(http_connections.Bounded) as (reader, writer):
        writer.write(REQUEST[:-2])
        padding = b"X-Padding: %s\r\n" % (b"x" * 1_000)
        for _ in range(http_connections.MAX_HEAD // len(padding) + 1):  # no more: what follows the end resets it
            writer.write(padding)
            await asyncio.sleep(0)
        assert (await asyncio.wait_for(exchange(reader), LONG_S))[0] == 431


async def test_who_comes_in_time_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connections, "HEAD_WITHIN_S", WITHIN_S)
    async with connected(http_connections.Bounded) as (reader, writer):
        for _ in range(3):
            writer.write(REQUEST[:20])
            await asyncio.sleep(WITHIN_S / 2)
            writer.write(REQUEST[20:])
            assert await exchange(reader) == (200, b"here", False)
            await asyncio.sleep(WITHIN_S)
