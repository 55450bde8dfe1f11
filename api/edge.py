"""What every answer carries, whatever gave it: a request id, and headers that keep browsers from guessing, keeping and
framing it."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import SetupError
from domain.settings import Settings
from graph import serving

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
# An id that a proxy gave is kept: a UUID or hexadecimal digits, too many to be anybody's telephone number.
_REQUEST_ID = re.compile(r"[0-9A-Fa-f-]{16,64}")
_HSTS = "max-age=31536000; includeSubDomains"
_PREFLIGHT_HOLDS_S = 600


def safe(app: ASGIApp) -> ASGIApp:
    """Names each request, and adds the headers where the answer itself does not say otherwise."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        request = _named(scope)

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["scheme"] == "https":  # a browser that came by HTTP would not believe it
                    headers.setdefault("Strict-Transport-Security", _HSTS)
            await send(message)

        with serving.request(request):
            await app(scope, receive, watch)

    return guarded


def _named(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def cross_origin(settings: Settings, methods: Sequence[str]) -> Middleware:
    """Lets pages of the brands' own origins call, with a key and never with cookies. Raises SetupError."""
    return Middleware(
        CORSMiddleware,
        allow_origins=allowed_origins(settings),
        allow_methods=list(methods),
        allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-API-Key", "X-Purpose", "X-Request-Id"],
        expose_headers=["ETag", "Retry-After", "X-Request-Id"],
        max_age=_PREFLIGHT_HOLDS_S,
    )


def allowed_origins(settings: Settings) -> list[str]:
    """All origins of all brands. Raises SetupError where one of them is no origin."""
    origins = sorted({origin for of_brand in settings.origins.values() for origin in of_brand})
    if any(not _ORIGIN.fullmatch(origin) for origin in origins):
        raise SetupError(
            "REGULARS_ORIGINS holds what is no origin.",
            hint='Write {"brand": ["https://shop.example"]}, without a path.',
        )
    return origins
