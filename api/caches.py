"""The caches of registered documents and keys: bounded in this process, or in Redis for all processes."""

from __future__ import annotations

from typing import Any

from aiocache import RedisCache, SimpleMemoryCache
from aiocache.base import BaseCache
from aiocache.plugins import HitMissRatioPlugin
from aiocache.serializers import StringSerializer
from redis.asyncio import Redis

REGISTERED = 1_000
"""How many registered documents one process keeps."""


class BoundedMemory(SimpleMemoryCache):
    """Keeps the `REGISTERED` newest values."""

    async def _set(self, key: Any, value: Any, ttl: Any = None, _cas_token: Any = None, _conn: Any = None) -> Any:
        kept: dict[Any, Any] = self._cache
        kept.pop(key, None)
        while len(kept) >= REGISTERED:
            kept.pop(next(iter(kept)))
        return await super()._set(key, value, None, _cas_token, _conn)  # no timers: the number of values is the bound


class SharedRedis(RedisCache):
    """Writes by SET, since redis-py calls aiocache's SETEX deprecated."""

    async def _set(self, key: Any, value: Any, ttl: Any = None, _cas_token: Any = None, _conn: Any = None) -> Any:
        return await self.client.set(key, value, ex=ttl)


def registry(redis: Redis | None, within: float = 1.0) -> BaseCache:
    """The cache of registered documents: in this process, or in Redis for all processes, each document for a day."""
    if redis is None:
        return BoundedMemory(plugins=[HitMissRatioPlugin()], timeout=None)
    plugins = [HitMissRatioPlugin()]
    cache = SharedRedis(serializer=StringSerializer(), namespace="regulars:document", timeout=within, plugins=plugins)
    cache.client = redis  # this client has TLS and users configured
    return cache
