"""Service keys: `rg_<id>_<secret>`. The store keeps a hash of the secret; a process caches a key's row for seconds.

A secret has 256 random bits, so its plain SHA-256 cannot be reversed by guessing and needs no salt. A key that is
revoked, rotated or changed stops working on every process within `key_cache_s`, and at once where they share a Redis.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
from aiocache import SimpleMemoryCache
from aiocache.base import BaseCache
from aiocache.plugins import HitMissRatioPlugin
from aiocache.serializers import StringSerializer
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.caches import SharedRedis
from domain.log import logger
from graph.service_keys import ServiceKeys
from graph.store.shared_runs import SharedRuns
from resolvers.access.caller import ALL_SCOPES, Caller, CallerKind

_KEY = re.compile(r"rg_([0-9a-f]{16})_([A-Za-z0-9_-]{43})")
_NOTED_EVERY_S = 60.0
_PARSED = 1_000  # rows whose parsed form is cached: equal texts parse to equal keys
_log = logger("regulars.keys")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A new secret: the whole key, which is shown once, and the hash that the store keeps."""

    id: str
    text: str
    hash: str


def make(id_: str | None = None) -> NewKey:
    """A new key, or a new secret for the key of this id."""
    id_ = id_ or secrets.token_hex(8)
    secret = secrets.token_urlsafe(32)
    return NewKey(id_, f"rg_{id_}_{secret}", hashed(secret))


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def key_cache(redis: Redis | None, within: float = 0.5) -> BaseCache:
    """The cache of keys: in this process, or in Redis for all processes."""
    if redis is None:
        return SimpleMemoryCache(plugins=[HitMissRatioPlugin()], timeout=None)  # memory answers; a timer is a task
    plugins = [HitMissRatioPlugin()]
    cache = SharedRedis(serializer=StringSerializer(), namespace="regulars:key", timeout=within, plugins=plugins)
    cache.client = redis
    return cache


@dataclass(slots=True)
class KeyRing:
    """Finds the caller of a service key. `clock` gives seconds since 1970."""

    keys: ServiceKeys
    cache: BaseCache
    cache_s: float
    clock: Callable[[], float] = time.time
    _finds: SharedRuns[str | None] = field(default_factory=lambda: SharedRuns[str | None](at_once=True))
    _noted: dict[str, float] = field(default_factory=dict[str, float])
    _noting: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def caller(self, text: str) -> Caller | None:
        """The caller; None where the key is unknown, wrong, expired, revoked, or waits since a restore.

        Raises Unavailable.
        """
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        id_, secret = match.groups()
        row = await self._row(id_)
        if row is None:
            return None
        key = _parsed(id_, row)
        if not key.accepts(hashed(secret), 1_000 * self.clock()):
            if key.held:
                _log.warning("key.waits", key=id_)  # since a restore, for `regulars keys confirm`
            return None
        self._note(id_)
        return key.caller

    async def _row(self, id_: str) -> str | None:
        """The store's row of a key as JSON, from the cache where it is there. Only keys that exist are cached."""
        try:
            cached: str | None = await self.cache.get(id_)
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("redis.away", type=type(error).__name__)
            return await self._found(id_)
        if cached is not None:
            return cached
        row = await self._found(id_)
        if row is not None:
            try:
                await self.cache.set(id_, row, ttl=self.cache_s)
            except (RedisError, OSError, TimeoutError) as error:
                _log.warning("redis.away", type=type(error).__name__)
        return row

    async def _found(self, id_: str) -> str | None:
        """The row as the store has it. All requests that miss it at one moment share a round trip."""

        async def find(asked: Sequence[None]) -> list[str | None]:
            return [_as_json(await self.keys.find(id_))] * len(asked)

        return await self._finds.run(id_, None, find)

    def _note(self, id_: str) -> None:
        """Notes the use of a key, at most once a minute, in the background: no request waits for it."""
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
        except Exception as error:  # a key works even where its use cannot be noted
            _log.warning("key.not_noted", key=id_, type=type(error).__name__)


@dataclass(frozen=True, slots=True)
class _Key:
    """One stored key; times in milliseconds since 1970."""

    caller: Caller
    hash: str
    former: str
    former_until: int
    expires: int | None
    revoked: bool
    held: bool

    def accepts(self, secret_hash: str, now: float) -> bool:
        """Whether the secret of this hash is valid now."""
        present = hmac.compare_digest(secret_hash, self.hash)
        former = hmac.compare_digest(secret_hash, self.former) and now < self.former_until
        return (
            (present or former) and not self.revoked and not self.held and (self.expires is None or now < self.expires)
        )


@lru_cache(_PARSED)
def _parsed(id_: str, text: str) -> _Key:
    row = orjson.loads(text)
    caller = Caller(
        f"key/{row['name']}/{id_}",
        ALL_SCOPES.intersection(row["scopes"]),
        CallerKind.SERVICE,
        brands=_limit(row["brands"]),
        sources=_limit(row["sources"]),
        stores=_limit(row["stores"]),
    )
    former = row["formerHash"] or "", row["formerUntil"] or 0
    return _Key(caller, row["hash"], *former, row["expires"], row["revoked"] is not None, row.get("held") is not None)


def _as_json(row: dict[str, Any] | None) -> str | None:
    return None if row is None else orjson.dumps(row).decode()


def _limit(values: list[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
