"""State that the requests of one process share, or the requests of all processes where there is a Redis."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiocache.base import BaseCache
from redis.asyncio import Redis

from api.auth.key_ring import key_cache
from api.caches import registry
from api.cost_bucket import MemoryBucket, RedisBucket
from domain.settings import Settings
from resolvers.bounds.budget import Bucket

_REDIS_ANSWERS_WITHIN_S = 0.5
_BURST = 10
"""Seconds of a public key's events that may come at once."""


@dataclass(frozen=True, slots=True)
class SharedState:
    bucket: Bucket
    misses: Bucket
    pages: Bucket
    registered: BaseCache
    keys: BaseCache


def in_memory(settings: Settings) -> SharedState:
    """The shared state of one process; nothing is opened."""
    bucket = MemoryBucket(settings.graphql_bucket, settings.graphql_restored_per_second)
    misses, pages = MemoryBucket(settings.graphql_misses, 1), page_bucket(settings)
    return SharedState(bucket, misses, pages, registry(None), key_cache(None))


def page_bucket(settings: Settings) -> MemoryBucket:
    """What each public key may send to this process."""
    return MemoryBucket(_BURST * settings.page_events_per_second, settings.page_events_per_second)


@asynccontextmanager
async def open_shared(settings: Settings) -> AsyncGenerator[SharedState]:
    """In Redis where `redis_url` is set. The service starts and answers also while Redis does not."""
    async with open_redis(settings) as redis:
        if redis is None:
            yield in_memory(settings)
            return
        bucket = RedisBucket(redis, settings.graphql_bucket, settings.graphql_restored_per_second)
        misses = RedisBucket(redis, settings.graphql_misses, 1)
        pages = RedisBucket(redis, _BURST * settings.page_events_per_second, settings.page_events_per_second)
        yield SharedState(bucket, misses, pages, registry(redis), key_cache(redis))


@asynccontextmanager
async def open_redis(settings: Settings) -> AsyncGenerator[Redis | None]:
    """The configured Redis, or None."""
    if settings.redis_url is None:
        yield None
        return
    within = _REDIS_ANSWERS_WITHIN_S
    async with Redis.from_url(settings.redis_url, socket_timeout=within, socket_connect_timeout=within) as redis:
        yield redis
