"""read_body: no body, packed or not, costs more memory or time than its bound allows."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.requests import Request
from starlette.types import Message

from api.request_body import gunzip, read_body
from domain.errors import InvalidInput, TooLarge, TooSlow

LIMIT = 100_000


def request(chunks: Sequence[bytes], headers: Sequence[tuple[bytes, bytes]] = (), *, cut: bool = False) -> Request:
    messages: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.disconnect"} if cut else {"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return messages.pop(0)

    return Request({"type": "http", "method": "POST", "path": "/", "headers": list(headers)}, receive)


async def test_plain_and_packed_bodies() -> None:
    assert await read_body(request([b"[1,", b"2]"]), LIMIT, 5) == b"[1,2]"
    packed = gzip.compress(b"[1,2]")
    assert await read_body(request([packed[:5], packed[5:]]), LIMIT, 5) == b"[1,2]"


async def test_headers_do_not_decide() -> None:
    assert await read_body(request([b"[]"], [(b"content-encoding", b"gzip")]), LIMIT, 5) == b"[]"
    assert await read_body(request([gzip.compress(b"[]")], [(b"content-encoding", b"identity")]), LIMIT, 5) == b"[]"


async def test_bounds_of_the_wire() -> None:
    assert len(await read_body(request([b"x" * LIMIT]), LIMIT, 5)) == LIMIT
    with pytest.raises(TooLarge):
        await read_body(request([b"x" * LIMIT, b"x"]), LIMIT, 5)
    unread = request([b"x"], [(b"content-length", b"100001")])
    with pytest.raises(TooLarge):
        await read_body(unread, LIMIT, 5)


async def test_a_connection_that_breaks() -> None:
    with pytest.raises(InvalidInput):
        await read_body(request([b"[1,"], cut=True), LIMIT, 5)


async def test_a_body_that_drips_is_not_waited_for() -> None:
    async def receive() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    with pytest.raises(TooSlow):
        await read_body(Request({"type": "http", "method": "POST", "path": "/", "headers": []}, receive), LIMIT, 0.2)


def test_several_members_and_padding() -> None:
    data = gzip.compress(b"a" * 70_000) + gzip.compress(b"") + gzip.compress(b"b")
    assert gunzip(data + b"\x00" * 9, LIMIT) == b"a" * 70_000 + b"b"


def test_incompressible_members_longer_than_a_slice() -> None:
    noise = bytes((i * i * 2654435761 >> 7) & 255 for i in range(200_000))
    assert gunzip(gzip.compress(noise) * 2, 400_000) == noise * 2


def test_a_bomb_stops_at_the_bound() -> None:
    bomb = gzip.compress(b"\x00" * 50_000_000)
    assert len(bomb) < LIMIT
    with pytest.raises(TooLarge):
        gunzip(bomb, LIMIT)
    assert len(gunzip(gzip.compress(b"x" * LIMIT), LIMIT)) == LIMIT
    with pytest.raises(TooLarge):
        gunzip(gzip.compress(b"x" * LIMIT) + gzip.compress(b"x"), LIMIT)


def test_many_empty_members_stop_early(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[object] = []

    def counted(*arguments: Any) -> Any:
        opened.append(arguments)
        return decompressobj(*arguments)

    decompressobj = zlib.decompressobj
    monkeypatch.setattr(zlib, "decompressobj", counted)
    with pytest.raises(TooLarge):
        gunzip(gzip.compress(b"") * 200_000, 4 * 2**20)
    assert len(opened) < 2_000


@pytest.mark.parametrize("cut", [3, 12, 20, -1])
def test_cut_off(cut: int) -> None:
    with pytest.raises(InvalidInput, match="cut off"):
        gunzip(gzip.compress(b"hello, world" * 9)[:cut], LIMIT)


def test_damaged() -> None:
    data = bytearray(gzip.compress(b"hello, world" * 9))
    data[-5] ^= 1
    with pytest.raises(InvalidInput, match="damaged"):
        gunzip(bytes(data), LIMIT)
    with pytest.raises(InvalidInput, match="damaged"):
        gunzip(gzip.compress(b"x") + b"trailing", LIMIT)
