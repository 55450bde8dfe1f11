"""Bearer tokens (JWT, RFC 7519) of the configured identity providers, checked as RFC 8725 asks.

The issuer selects the provider, and only that provider's own keys count, each for its one algorithm: a token's own
claims about keys (`jwk`, `jku`, `x5u`, `x5c`) are ignored. Only the log says why a token was refused.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import jwt
from jwt.exceptions import PyJWTError

from api.auth.identity_providers import GuestProvider, Provider, providers
from api.auth.jwks import ALGORITHMS, KeySets
from domain.log import logger
from domain.settings import Settings
from identity.claims import ClaimsReader
from resolvers.access.caller import Caller, CallerKind, Own
from resolvers.access.roles import ROLES, scopes_of

_MAX_CHARACTERS = 8_192
_ANSWERS_WITHIN_S = 3.0
_MAX_SUBJECT = 200
_MAX_KID = 200
_NEEDED = ["exp", "iat", "iss", "aud", "sub"]
_log = logger("regulars.tokens")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Finds the caller of a token. `leeway_s`: how far clocks may differ; `most_s`: the longest validity of a token."""

    providers: dict[str, Provider]
    keys: KeySets
    reader: ClaimsReader
    leeway_s: float
    most_s: float = field(default=24 * 3600)

    async def caller(self, text: str) -> Caller | None:
        """The caller; None where the text is no token, or no valid one. Raises Unavailable."""
        if not self.providers or text.count(".") != 2 or len(text) > _MAX_CHARACTERS:
            return None
        try:
            header = jwt.get_unverified_header(text)
            unverified = jwt.decode(text, options={"verify_signature": False})
        except (PyJWTError, ValueError, RecursionError):
            return None
        issuer, algorithm, kid = unverified.get("iss"), header.get("alg"), header.get("kid")
        provider = self.providers.get(issuer) if isinstance(issuer, str) else None
        if provider is None or algorithm not in ALGORITHMS or not isinstance(kid, str) or not 1 <= len(kid) <= _MAX_KID:
            return _refused("unknown issuer, algorithm or key id")
        if "crit" in header or "b64" in header or str(header.get("typ", "JWT")).lower() not in ("jwt", "at+jwt"):
            return _refused("header")
        key = await self.keys.key(provider.jwks_url, kid, algorithm)
        if key is None:
            return _refused("unknown key")
        try:
            claims = jwt.decode(
                text,
                key,
                algorithms=[algorithm],
                audience=provider.audience,
                issuer=provider.issuer,
                leeway=self.leeway_s,
                options={"require": _NEEDED, "strict_aud": False},
            )
        except (PyJWTError, ValueError) as error:
            return _refused(type(error).__name__)
        if claims["exp"] - claims["iat"] > self.most_s:
            return _refused("it is valid for too long")
        return caller_of(provider, claims, self.reader)


def caller_of(provider: Provider, claims: dict[str, Any], reader: ClaimsReader) -> Caller | None:
    """Whom a provider's token names, once its signature is checked; None where it names nobody or gives no role."""
    subject = claims.get(provider.subject_claim if isinstance(provider, GuestProvider) else "sub")
    if not isinstance(subject, str) or not 1 <= len(subject) <= _MAX_SUBJECT:
        return _refused("subject")
    # A subject may be an e-mail address, so only its keyed hash is logged.
    keyed = reader.vault.keyed("caller", f"{provider.issuer}|{subject}")
    if isinstance(provider, GuestProvider):
        return Caller(
            f"guest/{keyed}",
            ROLES["guest"].scopes,
            CallerKind.GUEST,
            brands=frozenset((provider.brand,)),
            sources=frozenset(),
            stores=frozenset(),
            subject=reader.exact_record_key(provider.source, subject),
            own=Own(provider.source, subject, provider.brand),
        )
    claim = claims.get(provider.roles_claim)
    names = cast(list[Any], claim) if isinstance(claim, list) else [claim]
    roles = [provider.roles[name] for name in names if isinstance(name, str) and name in provider.roles]
    scopes = scopes_of(roles, CallerKind.STAFF)
    if not scopes:
        return _refused("no role")
    brands = None if provider.brands is None else frozenset(provider.brands)
    return Caller(f"staff/{keyed}", scopes, CallerKind.STAFF, brands=brands, sources=brands and frozenset())


def _refused(why: str) -> None:
    _log.info("token.refused", why=why)


@asynccontextmanager
async def open_tokens(settings: Settings, reader: ClaimsReader) -> AsyncGenerator[Tokens]:
    """Tokens of the configured providers. Keys are fetched when the first token arrives. Raises SetupError."""
    async with httpx.AsyncClient(timeout=_ANSWERS_WITHIN_S) as client:
        keys = KeySets(client, keep_s=settings.jwks_cache_s)
        yield Tokens(providers(settings.identity_providers), keys, reader, settings.clock_skew_s)
