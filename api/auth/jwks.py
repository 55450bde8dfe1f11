"""A provider's public keys, fetched when they are needed and cached: keys rotate without a restart."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from typing import Any

import httpx
from aiocache import SimpleMemoryCache
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from domain.errors import Unavailable
from domain.log import logger

ALGORITHMS = frozenset(("RS256", "ES256", "EdDSA"))
_TYPES = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
_CURVES = {"ES256": "P-256", "EdDSA": "Ed25519"}
_MAX_BYTES = 256 * 1024
_MAX_KEYS = 100
_LEAST_RSA_BITS = 2048
_log = logger("regulars.jwks")
Keys = dict[tuple[str, str], PyJWK]


class KeySets:
    """Key sets by address, each cached for `keep_s`.

    A key that is missing from a cached set makes the set be fetched again, at most once in `pause_s`, so that tokens
    with invented key ids cannot cause a request each. Where a provider does not answer, its last answer stays valid for
    another `keep_s`.
    """

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
        self._cache = SimpleMemoryCache()  # no timers: each entry holds its time
        self._locks: dict[str, asyncio.Lock] = {}
        self._fetched_at: dict[str, float] = {}

    async def key(self, url: str, kid: str, algorithm: str) -> PyJWK | None:
        """The key of this id for this algorithm; None where there is none. Raises Unavailable."""
        keys = await self._keys(url, lambda keys: (kid, algorithm) in keys)
        return keys.get((kid, algorithm))

    async def _keys(self, url: str, suffices: Callable[[Keys], bool]) -> Keys:
        age, keys = await self._cached(url)
        if age < self._keep_s and suffices(keys):
            return keys  # a token with a cached key never waits while an invented key id is looked up
        async with self._locks.setdefault(url, asyncio.Lock()):
            age, keys = await self._cached(url)
            if age < self._keep_s and suffices(keys):
                return keys
            fetched_at = self._fetched_at.get(url)
            if fetched_at is None or self._clock() - fetched_at >= self._pause_s:
                self._fetched_at[url] = self._clock()
                try:
                    keys = await self._fetch(url)
                    await self._cache.set(url, (self._clock(), keys))
                    return keys
                except (httpx.HTTPError, ValueError) as error:
                    _log.warning("jwks.away", type=type(error).__name__)
            if age >= 2 * self._keep_s:
                raise Unavailable("The identity provider's keys cannot be fetched now.", hint="Try again.")
            return keys

    async def _cached(self, url: str) -> tuple[float, Keys]:
        """The cached key set and its age in seconds."""
        at, keys = await self._cache.get(url) or (-math.inf, {})
        return self._clock() - at, keys

    async def _fetch(self, url: str) -> Keys:
        async with self._client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
            answer.raise_for_status()
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise ValueError("the key set is too large")
        content = httpx.Response(200, content=bytes(body)).json()
        rows = content.get("keys") if isinstance(content, dict) else None
        if not isinstance(rows, list):
            raise ValueError("it is no key set")
        return {(kid, algorithm): key for row in rows[:_MAX_KEYS] for kid, algorithm, key in _read(row)}


def _read(raw: Any) -> list[tuple[str, str, PyJWK]]:
    """A public signing key with its id and its one algorithm; empty where `raw` is anything else."""
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
