"""A real identity provider for tests: it serves its public keys over HTTP, signs tokens and rotates its keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.auth.identity_providers import GuestProvider, Provider, StaffProvider
from api.auth.jwks import KeySets
from api.auth.jwt_tokens import Tokens
from identity.claims import ClaimsReader
from matching.policy import default
from privacy.vault import Vault
from tests.api.serving import served
from tests.kit.waiting import Clock

AUDIENCE = "regulars"
_MAKES: dict[str, Any] = {
    "RS256": lambda: rsa.generate_private_key(65537, 2048),
    "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EdDSA": ed25519.Ed25519PrivateKey.generate,
}
_WRITES: dict[str, Any] = {"RS256": RSAAlgorithm.to_jwk, "ES256": ECAlgorithm.to_jwk, "EdDSA": OKPAlgorithm.to_jwk}


@dataclass
class IdentityProvider:
    """Its address is its issuer. `up`: whether it answers; it does so while it is `open`; `fetches`: how often."""

    issuer: str = ""
    keys: dict[str, tuple[str, Any]] = field(default_factory=dict[str, tuple[str, Any]])
    extra: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    up: bool = True
    open: asyncio.Event = field(default_factory=asyncio.Event)
    fetches: int = 0

    def __post_init__(self) -> None:
        self.open.set()
        for algorithm in _MAKES:
            self.rotate(algorithm, f"{algorithm}-1")

    @property
    def jwks_url(self) -> str:
        return f"{self.issuer}/jwks.json"

    def rotate(self, algorithm: str, kid: str, *, retire: str | None = None) -> None:
        """A new key, and the end of another."""
        self.keys[kid] = algorithm, _MAKES[algorithm]()
        if retire is not None:
            del self.keys[retire]

    def public(self, kid: str) -> dict[str, Any]:
        """A public key as it is published."""
        algorithm, key = self.keys[kid]
        return orjson.loads(_WRITES[algorithm](key.public_key())) | {"kid": kid, "alg": algorithm, "use": "sig"}

    def claims(self, subject: str, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 600} | changes
        return {name: value for name, value in claims.items() if value is not None}

    def token(
        self, subject: str, *, kid: str = "RS256-1", headers: dict[str, Any] | None = None, **changes: Any
    ) -> str:
        """A signed token; a claim that is changed to None is left out."""
        algorithm, key = self.keys[kid]
        return jwt.encode(self.claims(subject, **changes), key, algorithm, headers={"kid": kid} | (headers or {}))

    def app(self) -> Starlette:
        async def jwks(request: Request) -> Response:
            self.fetches += 1
            await self.open.wait()
            if not self.up:
                return Response(status_code=500)
            return JSONResponse({"keys": [*(self.public(kid) for kid in self.keys), *self.extra]})

        async def sign_in(request: Request) -> Response:
            return JSONResponse({"access_token": self.token(**await request.json())})

        return Starlette(
            routes=[Route("/jwks.json", jwks), Route("/token", sign_in, methods=["POST"])],
        )


@asynccontextmanager
async def running() -> AsyncGenerator[IdentityProvider]:
    """A provider on a free port."""
    provider = IdentityProvider()
    async with served(provider.app()) as url:
        provider.issuer = url
        yield provider


def guests_of(provider: IdentityProvider, **changes: Any) -> GuestProvider:
    content = {"kind": "guest", "brand": "pasta", "source": "app"} | changes
    return GuestProvider(issuer=provider.issuer, audience=AUDIENCE, jwks_url=provider.jwks_url, **content)


def staff_of(provider: IdentityProvider, **changes: Any) -> StaffProvider:
    content: dict[str, Any] = {"kind": "staff", "roles": {"crm": "agent", "dpo": "privacy_officer"}} | changes
    return StaffProvider(issuer=provider.issuer, audience=AUDIENCE, jwks_url=provider.jwks_url, **content)


READER = ClaimsReader(Vault(bytes(32)), default(), "US")


def tokens(client: httpx.AsyncClient, *known: Provider, clock: Clock | None = None) -> Tokens:
    keys = KeySets(client, keep_s=300, clock=clock or Clock())
    return Tokens({one.issuer: one for one in known}, keys, READER, leeway_s=30)
