"""The limits of a connection: the time for a request's head, its size, and how long it stays with one worker."""

from __future__ import annotations

import asyncio
import random

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_WITHIN_S = 10.0
"""Time until a request's head has arrived; after that the answer is 408."""
MAX_HEAD = 64 * 1024
"""Size of a request's head; above that the answer is 431."""
_LASTS_S = 30.0
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Bounded(HttpToolsProtocol):
    """A connection that is closed where the head of a request arrives too slowly or is too large.

    The body has limits of its own (`api.request_body`), which answer with the envelope of errors.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._in_head, self._size = True, 0
        self._late: asyncio.TimerHandle | None = self.loop.call_later(HEAD_WITHIN_S, self._end, _TOO_SLOW)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._in_head:
            return  # nearly always: a head arrives in one piece and needs no timer
        self._size += len(data)
        if self._size > MAX_HEAD:
            self._end(_TOO_LARGE)
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_WITHIN_S, self._end, _TOO_SLOW)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._size = True, 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._cancel_timer()
        super().on_headers_complete()

    def _cancel_timer(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _end(self, answer: bytes) -> None:
        self._cancel_timer()
        if not self.transport.is_closing():
            self.transport.write(answer)
            self.transport.close()


class Passing(Bounded):
    """A connection that is closed after about half a minute, by an answer with `Connection: close`.

    Its client connects again and reaches any free worker. Otherwise clients that keep their connections would stay with
    the older workers, and none would reach a worker that replaced a dead one.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._until = self.loop.time() + _LASTS_S * random.uniform(0.5, 1.5)  # noqa: S311 (not all at once)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.cycle and self.loop.time() > self._until:  # an upgrade begins none
            self.cycle.keep_alive = False
