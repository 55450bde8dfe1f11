"""A cache in this process keeps the newest values and no more; in Redis values are shared."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from api import caches
from api.caches import BoundedMemory, SharedRedis, registry


async def test_the_oldest_value_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "REGISTERED", 3)
    cache = registry(None)
    assert isinstance(cache, BoundedMemory)
    for key in ("a", "b", "c"):
        await cache.set(key, key)
    await cache.set("a", "again")  # which makes it the newest
    await cache.set("d", "d")
    assert [await cache.get(key) for key in "abcd"] == ["again", None, "c", "d"]


async def test_with_a_redis_values_are_kept_there() -> None:
    async with Redis(port=1) as redis:
        cache = registry(redis)
        assert isinstance(cache, SharedRedis)
        assert cache.client is redis
        assert cache.namespace == "regulars:document"
