"""Leaky buckets, one for each caller: in this process's memory, or in Redis for all processes."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from domain.log import logger
from resolvers.bounds.budget import BucketLevel

CALLERS = 10_000
_log = logger("regulars.bucket")


class MemoryBucket:
    """Each caller's spending drains by `per_second`. A caller that is dropped from memory gets a full bucket again."""

    def __init__(self, size: int, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.size = size
        self.per_second = per_second
        self._clock = clock
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def take(self, caller: str, cost: int) -> BucketLevel:
        """Takes `cost`, or nothing where the bucket holds less."""
        now = self._clock()
        spent, at = self._spent.get(caller, (0.0, now))
        spent = max(0.0, spent - (now - at) * self.per_second)
        wait = (spent + cost - self.size) / self.per_second
        if wait <= 0:
            spent += cost
        self._spent[caller] = spent, now
        self._spent.move_to_end(caller)
        while len(self._spent) > CALLERS:
            self._spent.popitem(last=False)
        return BucketLevel(self.size - spent, max(0.0, wait))


# One script, so that two processes never spend the same budget twice; on Redis's clock, as process clocks differ.
_TAKE = """
local now = redis.call('TIME')
now = tonumber(now[1]) + tonumber(now[2]) / 1000000
local size, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('HMGET', KEYS[1], 'spent', 'at')
local spent = math.max(0, tonumber(kept[1] or 0) - (now - tonumber(kept[2] or now)) * rate)
local wait = (spent + cost - size) / rate
if wait <= 0 then spent = spent + cost end
redis.call('HSET', KEYS[1], 'spent', string.format('%.6f', spent), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(size / rate * 1000) + 1000)
return {string.format('%.6f', size - spent), string.format('%.6f', math.max(0, wait))}
"""


class RedisBucket:
    """One bucket per caller for all processes on a Redis. While Redis does not answer, each process counts alone."""

    def __init__(self, redis: Redis, size: int, per_second: int) -> None:
        self.size = size
        self.per_second = per_second
        self._take: Any = redis.register_script(_TAKE)
        self._alone = MemoryBucket(size, per_second)

    async def take(self, caller: str, cost: int) -> BucketLevel:
        """Takes `cost`, or nothing where the bucket holds less."""
        try:
            left, wait = await self._take([f"regulars:spent:{caller}"], [self.size, self.per_second, cost])
        except (RedisError, OSError) as error:
            _log.warning("redis.away", type=type(error).__name__)
            return await self._alone.take(caller, cost)
        return BucketLevel(float(left), float(wait))
