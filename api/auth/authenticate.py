"""Finds the caller of a request: this machine's administrator, a service key, or the bearer of a provider's token."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.requests import Request

from api.stranger_pace import mark_known
from domain.errors import NotAuthenticated, SetupError
from domain.private_files import made_once
from domain.settings import Settings
from resolvers.access.caller import ALL_SCOPES, Caller

Authenticate = Callable[[Request], Awaitable[Caller]]
"""Returns a request's caller. Raises NotAuthenticated, or Unavailable where the caller cannot be found now."""
_HINT = "Send it as `Authorization: Bearer KEY` or `X-API-Key: <key>`."


class CallerFinder(Protocol):
    """Finds the caller of one kind of credential; None where the text is of another kind, or is not valid."""

    async def caller(self, text: str) -> Caller | None: ...


def ensure_api_key(settings: Settings) -> str:
    """The configured key, or the one in `<state_dir>/api.key` (mode 0600), which is made where it is missing."""
    if settings.api_key is not None:
        return settings.api_key.get_secret_value()
    made = made_once(settings.state_dir / "api.key", lambda: f"rg_{secrets.token_urlsafe(32)}".encode())
    return made.decode("ascii").strip()


def authenticator(api_key: str, *finders: CallerFinder) -> Authenticate:
    """Reads `Authorization: Bearer …` or `X-API-Key`: the administrator's key, or a credential that a finder accepts.

    Raises SetupError at once where the administrator's key is empty.
    """
    check = verifier(api_key, *finders)

    async def authenticate(request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        credential = token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
        caller = await check(credential)
        if caller is None:
            raise NotAuthenticated("This needs the API key or a valid token.", hint=_HINT)
        mark_known(request.scope)
        return caller

    return authenticate


def verifier(api_key: str, *finders: CallerFinder) -> Callable[[str], Awaitable[Caller | None]]:
    """Finds the caller of a credential, or None. Raises SetupError at once where the administrator's key is empty."""
    if not api_key:
        raise SetupError("The API key is empty, so anybody could call.", hint="Set REGULARS_API_KEY, or unset it.")
    expected = api_key.encode()
    administrator = Caller("service-key", ALL_SCOPES)

    async def check(text: str) -> Caller | None:
        if hmac.compare_digest(text.encode(), expected):
            return administrator
        for finder in finders if text else ():
            caller = await finder.caller(text)
            if caller is not None:
                return caller
        return None

    return check
