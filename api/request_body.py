"""Reads a request body within bounds, compressed or not; gzip is recognised by its bytes, not by the headers."""

from __future__ import annotations

import asyncio
import zlib

from starlette.requests import Request

from domain.errors import InvalidInput, TooLarge, TooSlow

_GZIP = b"\x1f\x8b"
_SLICE = 64 * 1024
# Each needs a new inflater; senders write one member, log shippers a few dozen.
MAX_MEMBERS = 1_000
"""Members of a gzip body."""
_WINDOW_GZIP = 31  # zlib: a 32 KiB window, gzip framing with its CRC


async def read_body(request: Request, limit: int, within: float) -> bytes:
    """The body, decompressed.

    Raises TooLarge past `limit` bytes (compressed or not), InvalidInput where it is cut off, and TooSlow where it has
    not arrived `within` seconds: a slow body occupies a place that other requests need.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(within):
            more = True
            while more:
                message = await request.receive()
                if message["type"] == "http.disconnect":
                    raise InvalidInput("The connection closed before the body had ended.")
                body += message.get("body", b"")
                if len(body) > limit:
                    raise _too_large(limit)
                more = message.get("more_body", False)
    except TimeoutError:
        raise TooSlow(f"The body did not arrive within {within:g} seconds.", hint="Send less at once.") from None
    return gunzip(bytes(body), limit) if body.startswith(_GZIP) else bytes(body)


def gunzip(data: bytes, limit: int) -> bytes:
    """All members of a gzip file, decompressed (RFC 1952), never holding more than `limit` bytes.

    Raises TooLarge past that, InvalidInput where it is damaged or cut off.
    """
    out = bytearray()
    position = members = 0
    while position < len(data):
        if members and data[position] == 0 and not data[position:].strip(b"\x00"):
            break  # padding, which gzip itself skips
        members += 1
        if members > MAX_MEMBERS:
            raise TooLarge(f"The gzip body has more than {MAX_MEMBERS} members.")
        position = _member(data, position, out, limit)
    return bytes(out)


def _member(data: bytes, position: int, out: bytearray, limit: int) -> int:
    """Decompresses the member at `position` into `out`; returns where it ends."""
    inflater = zlib.decompressobj(_WINDOW_GZIP)
    view = memoryview(data)
    # In slices: an inflater copies what follows its member, so a whole body of many members would cost quadratic time.
    while position < len(data):
        piece = view[position : position + _SLICE]
        position += len(piece)
        while True:
            try:
                out += inflater.decompress(piece, limit + 1 - len(out))
            except zlib.error:
                raise InvalidInput(
                    "The gzip body is damaged.", hint="Compress it again, or send it uncompressed."
                ) from None
            if len(out) > limit:
                raise _too_large(limit)
            if inflater.eof:
                return position - len(inflater.unused_data)
            piece = inflater.unconsumed_tail
            if not piece:
                break
    raise InvalidInput("The gzip body is cut off.", hint="Send it again in full.")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body is larger than {limit} bytes.", hint="Send it in several requests.")
