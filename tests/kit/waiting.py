"""Waiting for what must happen: a test fails because it never happens, and not because the machine is slow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LONG_S = 120.0
"""Nothing that works takes that long anywhere."""


async def until(reached: Callable[[], object]) -> None:
    """Returns when it is so. Raises TimeoutError where it never is."""
    async with asyncio.timeout(LONG_S):
        while not reached():  # noqa: ASYNC110 (it may happen in another process)
            await asyncio.sleep(0.01)


class Clock:
    """A clock that stands until somebody moves it."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now
