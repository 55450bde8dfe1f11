"""Service keys: `rg_<id>_<secret>`, of which the store keeps a hash. What is known of a key is remembered for seconds.

A secret has 256 random bits, so its plain SHA-256 cannot be guessed backwards and needs no salt. A key that is revoked,
rotated or changed stops working on every process within `key_cache_s`, and at once where they share a Redis.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from aiocache import SimpleMemoryCache
from aiocache.base import BaseCache
from aiocache.plugins import HitMissRatioPlugin
from aiocache.serializers import StringSerializer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.documents import SharedRedis
from graph.keys import ServiceKeys
from resolvers.caller import ALL_SCOPES, Caller, Kind

_KEY = re.compile(r"rg_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_NOTED_EVERY_S = 60.0
_log = structlog.get_logger("regulars.keys")


@dataclass(frozen=True, slots=True)
class Made:
    """A new secret: the whole key, which is shown once, and the hash that is kept."""

    id: str
    text: str
    hash: str


def make(id_: str | None = None) -> Made:
    """A new key, or another secret for the key of this id."""
    id_ = id_ or secrets.token_hex(8)
    secret = secrets.token_urlsafe(32)
    return Made(id_, f"rg_{id_}_{secret}", hashed(secret))


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def key_cache(redis: Redis | None, within: float = 0.5) -> BaseCache:
    """Where keys are remembered: in this process, or in Redis for all of them."""
    if redis is None:
        return SimpleMemoryCache(plugins=[HitMissRatioPlugin()], timeout=None)  # memory answers; a timer is a task
    plugins = [HitMissRatioPlugin()]
    cache = SharedRedis(serializer=StringSerializer(), namespace="regulars:key", timeout=within, plugins=plugins)
    cache.client = redis
    return cache


@dataclass(slots=True)
class KeyRing:
    """Tells the caller of a service key. `clock` gives seconds since 1970."""

    keys: ServiceKeys
    cache: BaseCache
    cache_s: float
    clock: Callable[[], float] = time.time
    _noted: dict[str, float] = field(default_factory=dict[str, float])
    _noting: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def caller(self, text: str) -> Caller | None:
        """The caller; None where the key is unknown, wrong, expired or revoked. Raises Unavailable."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        id_, secret = match.groups()
        row = await self._row(id_)
        if row is None or not self._holds(row, hashed(secret)):
            return None
        self._note(id_)
        return Caller(
            f"key/{row['name']}/{id_}",
            ALL_SCOPES.intersection(row["scopes"]),
            Kind.SERVICE,
            brands=_limit(row["brands"]),
            sources=_limit(row["sources"]),
            stores=_limit(row["stores"]),
        )

    def _holds(self, row: dict[str, Any], given: str) -> bool:
        now = 1_000 * self.clock()
        present = hmac.compare_digest(given, row["hash"])
        former = hmac.compare_digest(given, row["formerHash"] or "") and now < (row["formerUntil"] or 0)
        return (present or former) and row["revoked"] is None and (row["expires"] is None or now < row["expires"])

    async def _row(self, id_: str) -> dict[str, Any] | None:
        """What the store says of a key, or said a moment ago. Only keys that exist are remembered."""
        try:
            known = await self.cache.get(id_)
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("redis.away", type=type(error).__name__)
            return await self.keys.find(id_)
        if known is not None:
            return orjson.loads(known)
        row = await self.keys.find(id_)
        if row is not None:
            try:
                await self.cache.set(id_, orjson.dumps(row).decode(), ttl=self.cache_s)
            except (RedisError, OSError, TimeoutError) as error:
                _log.warning("redis.away", type=type(error).__name__)
        return row

    def _note(self, id_: str) -> None:
        """Notes the use of a key once in a while; nobody waits for it."""
        now = self.clock()
        if now - self._noted.get(id_, 0.0) < _NOTED_EVERY_S:
            return
        self._noted[id_] = now
        task = asyncio.create_task(self._used(id_))
        self._noting.add(task)
        task.add_done_callback(self._noting.discard)

    async def _used(self, id_: str) -> None:
        try:
            await self.keys.used(id_)
        except Exception as error:  # a key works whether or not its use can be noted
            _log.warning("key.not_noted", key=id_, type=type(error).__name__)


def _limit(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
