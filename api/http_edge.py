"""Adds to every answer a request id, security headers, a span and a count.

The headers keep browsers from guessing its type, caching it and showing it in a frame.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.stranger_pace import StrangerPace, is_known
from graph.store import request_scope, tracing

Count = Callable[[str, int, float], None]
"""Receives the route's pattern, the status of the answer and the seconds that it took."""
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_REQUEST_ID = b"x-request-id"
# An id that a proxy set is kept: a UUID or hexadecimal digits. One of decimal digits alone may be a card or telephone
# number.
_PROXY_ID = re.compile(rb"(?=.*[A-Fa-f])[0-9A-Fa-f-]{16,64}")
_SENDERS_FAULT = range(400, 500)
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_METHODS = frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"))


class HttpEdge:
    """Gives each request an id, adds each header that the answer does not set itself, and lets failed strangers wait.

    Addresses in `exact` go straight to their own application and skip the routes of `app`: layers that only forward
    cost as much time as all the work of a profile read outside its query.
    """

    def __init__(self, app: ASGIApp, exact: Mapping[str, ASGIApp], count: Count) -> None:
        self._app = app
        self._exact = exact
        self._count = count
        self._process = secrets.token_hex(6)
        self._numbers = itertools.count()
        self._strangers = StrangerPace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, status, started = self._request_id(scope), 500, time.perf_counter()
        own = (_REQUEST_ID, request.encode())

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status in _SENDERS_FAULT and not is_known(scope):
                    await asyncio.sleep(self._strangers.wait_s(time.perf_counter() - started))
                message["headers"] = _completed(message["headers"], own, https=scope["scheme"] == "https")
            await send(message)

        path: str = scope["path"]
        exact = self._exact.get(path)
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        with request_scope.request(request), tracing.serving(method, scope) as span:
            try:
                await (exact or self._app)(scope, receive, watch)
            finally:
                route = path if exact else getattr(scope.get("route"), "path", "none")
                tracing.answered(span, method, route, status)
                self._count(route, status, time.perf_counter() - started)

    def _request_id(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == _REQUEST_ID and _PROXY_ID.fullmatch(value):
                return value.decode()
        return f"{self._process}{next(self._numbers):08x}"


def _completed(
    own: Sequence[tuple[bytes, bytes]], request: tuple[bytes, bytes], *, https: bool
) -> list[tuple[bytes, bytes]]:
    names = {name.lower() for name, _ in own}
    added = (*_HEADERS, _HSTS) if https else _HEADERS  # browsers ignore HSTS over plain HTTP
    return [*own, request, *(header for header in added if header[0] not in names)]
