"""Several readers share one statement, which is found by the ids of all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from graph.store import request_scope
from graph.store.shared_runs import SharedRuns


async def test_a_shared_statement_is_of_all_who_wait_for_it() -> None:
    together: SharedRuns[str | None] = SharedRuns()
    first = asyncio.Event()

    async def read(finds: Sequence[str]) -> list[str | None]:
        if finds == ["0"]:
            await first.wait()
        return [request_scope.current_request()] * len(finds)

    async def ask(name: str) -> str | None:
        with request_scope.request(name), request_scope.within(5):
            return await together.run("key", name, read)

    asked = [asyncio.create_task(ask(str(number))) for number in range(21)]
    await asyncio.sleep(0.01)
    first.set()
    assert await asyncio.gather(*asked) == [
        "0",
        *["1,2,3,4,5,6,7,8"] * 10,  # half of those who wait and of the one just answered
        *["11,12,13,14,15,16,17,18"] * 10,
    ]


async def test_writers_share_one_run_all_at_once() -> None:
    together: SharedRuns[int] = SharedRuns(at_once=True)
    first = asyncio.Event()

    async def write(asked: Sequence[int]) -> list[int]:
        if asked == [0]:
            await first.wait()
        return [len(asked)] * len(asked)

    waiting = [asyncio.create_task(together.run("key", number, write)) for number in range(42)]
    await asyncio.sleep(0.01)
    first.set()
    assert await asyncio.gather(*waiting) == [1, *[32] * 32, *[9] * 9]
