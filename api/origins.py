"""Browser pages of the brands: which origins may call, and for which brand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import Receive, Scope, Send

from domain.errors import NotAllowed, SetupError
from domain.settings import Settings
from resolvers.access.caller import Caller

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
_PREFLIGHT_HOLDS_S = 600


def cross_origin(settings: Settings, methods: Sequence[str]) -> Middleware:
    """Lets pages of the brands' own origins call, with a key and never with cookies. Raises SetupError."""
    return Middleware(
        _Pages,
        allow_origins=allowed_origins(settings),
        allow_methods=list(methods),
        allow_headers=["Authorization", "Content-Type", "If-None-Match", "X-API-Key", "X-Purpose", "X-Request-Id"],
        expose_headers=["ETag", "Retry-After", "X-Request-Id"],
        max_age=_PREFLIGHT_HOLDS_S,
    )


class _Pages(CORSMiddleware):
    """CORS, but a POST without `Origin` skips it: no page sent it, and its answer is never cached."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST" and all(name != b"origin" for name, _ in scope["headers"]):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def check_page(caller: Caller, origin: str | None, settings: Settings) -> None:
    """Raises NotAllowed where a page of one brand calls for another brand, with a key or token that is not its own."""
    if origin is None or caller.brands is None:
        return
    brands = brands_of(origin, settings)
    if brands and not brands & caller.brands:
        raise NotAllowed(
            "This page belongs to another brand.", hint="Call from a page that REGULARS_ORIGINS gives the brand."
        )


def brands_of(origin: str, settings: Settings) -> set[str]:
    """The brands whose pages have this origin."""
    return {brand for brand, origins in settings.origins.items() if origin in origins}


def allowed_origins(settings: Settings) -> list[str]:
    """All origins of all brands. Raises SetupError where a value is no origin."""
    origins = sorted({origin for of_brand in settings.origins.values() for origin in of_brand})
    if any(not _ORIGIN.fullmatch(origin) for origin in origins):
        raise SetupError(
            "REGULARS_ORIGINS holds a value that is no origin.",
            hint='Write {"brand": ["https://shop.example"]}, without a path.',
        )
    return origins
