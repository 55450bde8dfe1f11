"""Who is calling: one service key, in version one, made on this machine or set by the operator."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from starlette.requests import Request

from domain.errors import NotAuthenticated, SetupError
from domain.settings import Settings
from resolvers.caller import ALL_SCOPES, Caller


def ensure_api_key(settings: Settings) -> str:
    """The configured key, or the one in `<state_dir>/api.key` (mode 0600), which is made where it is missing."""
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    path = settings.state_dir / "api.key"
    if not path.exists():
        _make(path)
    return path.read_text("ascii").strip()


def authenticator(api_key: str) -> Callable[[Request], Caller]:
    """Tells a request's caller from `Authorization: Bearer KEY` or `X-API-Key`, or raises NotAuthenticated.

    Raises SetupError at once where the key is empty.
    """
    if not api_key:
        raise SetupError("The API key is empty, so anybody could call.", hint="Set REGULARS_API_KEY, or unset it.")
    expected = api_key.encode()
    caller = Caller("service-key", ALL_SCOPES)

    def authenticate(request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given = token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
        if not hmac.compare_digest(given.encode(), expected):
            raise NotAuthenticated(
                "This needs the API key.", hint="Send it as `Authorization: Bearer KEY` or `X-API-Key: <key>`."
            )
        return caller

    return authenticate


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".api.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(f"rg_{secrets.token_urlsafe(32)}")
    with contextlib.suppress(FileExistsError):
        os.link(fresh, path)  # never replaces a key that another process made first
    fresh.unlink()
