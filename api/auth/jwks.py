"""A provider's public keys, fetched when they are needed and remembered: rotation without a restart."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

import httpx
import structlog
from aiocache import SimpleMemoryCache
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from domain.errors import Unavailable

ALGORITHMS = frozenset(("RS256", "ES256", "EdDSA"))
_TYPES = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
_CURVES = {"ES256": "P-256", "EdDSA": "Ed25519"}
_MAX_BYTES = 256 * 1024
_MAX_KEYS = 100
_LEAST_RSA_BITS = 2048
_log = structlog.get_logger("regulars.jwks")
Keys = dict[tuple[str, str], PyJWK]


class KeySets:
    """Key sets by address. A set is remembered for `keep_s`; for a key that is not in it, it is fetched again, once in
    `pause_s` at most, so that tokens with invented key ids cannot make us ask all the time. Where a provider does not
    answer, what it said last holds for `keep_s` more."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        keep_s: float,
        pause_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._keep_s = keep_s
        self._pause_s = pause_s
        self._clock = clock
        self._cache = SimpleMemoryCache()  # no timers: each entry tells its age
        self._locks: dict[str, asyncio.Lock] = {}
        self._asked: dict[str, float] = {}

    async def key(self, url: str, kid: str, algorithm: str) -> PyJWK | None:
        """The key of this id for this algorithm; None where there is none. Raises Unavailable."""
        keys = await self._keys(url, lambda known: (kid, algorithm) in known)
        return keys.get((kid, algorithm))

    async def _keys(self, url: str, suffices: Callable[[Keys], bool]) -> Keys:
        age, keys = await self._known(url)
        if age < self._keep_s and suffices(keys):
            return keys  # whoever has a good key does not wait for what somebody's invented one is looked up by
        async with self._locks.setdefault(url, asyncio.Lock()):
            age, keys = await self._known(url)
            if age < self._keep_s and suffices(keys):
                return keys
            asked = self._asked.get(url)
            if asked is None or self._clock() - asked >= self._pause_s:
                self._asked[url] = self._clock()
                try:
                    keys = await self._fetched(url)
                    await self._cache.set(url, (self._clock(), keys))
                    return keys
                except (httpx.HTTPError, ValueError) as error:
                    _log.warning("jwks.away", type=type(error).__name__)
            if age >= 2 * self._keep_s:
                raise Unavailable("The identity provider's keys cannot be had now.", hint="Try again.")
            return keys

    async def _known(self, url: str) -> tuple[float, Keys]:
        """How old what is remembered is, and what that is."""
        at, keys = await self._cache.get(url) or (-math.inf, {})
        return self._clock() - at, keys

    async def _fetched(self, url: str) -> Keys:
        async with self._client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
            answer.raise_for_status()
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise ValueError("the key set is too large")
        content = httpx.Response(200, content=bytes(body)).json()
        found = content.get("keys") if isinstance(content, dict) else None
        if not isinstance(found, list):
            raise ValueError("it is no key set")
        return {(kid, algorithm): key for one in found[:_MAX_KEYS] for kid, algorithm, key in _read(one)}


def _read(raw: Any) -> list[tuple[str, str, PyJWK]]:
    """A public key that may sign, by its id and the one algorithm that it is for; nothing where it is anything else."""
    if not isinstance(raw, dict) or raw.get("use", "sig") != "sig" or not isinstance(raw.get("kid"), str):
        return []
    algorithm = next((name for name, type_ in _TYPES.items() if raw.get("kty") == type_), None)
    if (
        algorithm is None
        or raw.get("alg", algorithm) != algorithm
        or raw.get("crv") != _CURVES.get(algorithm)
        or "verify" not in raw.get("key_ops", ["verify"])
        or "d" in raw
    ):
        return []
    try:
        key = PyJWK(raw, algorithm)
    except PyJWTError:
        return []
    if algorithm == "RS256" and key.key.key_size < _LEAST_RSA_BITS:
        return []
    return [(raw["kid"], algorithm, key)]
