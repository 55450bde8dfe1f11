"""A store that is silent keeps nobody waiting, is asked by one at a time, and is back with its first answer."""

from __future__ import annotations

import asyncio

import pytest
from neo4j.exceptions import CypherSyntaxError, Neo4jError, ServiceUnavailable, TransientError

import graph.store.retry
from domain.errors import Unavailable
from graph.store.retry import Patience
from tests.kit.waiting import LONG_S, until

SILENT_FOR_S = 0.2


class Store:
    """Answers, or raises what it is told to."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.asked = 0
        self.slow = asyncio.Event()
        self.slow.set()

    async def once(self) -> int:
        self.asked += 1
        await self.slow.wait()
        if self.fault is not None:
            raise self.fault
        return self.asked


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Patience:
    monkeypatch.setattr(graph.store.retry, "_SILENT_FOR_S", SILENT_FOR_S)
    return Patience()


def unavailable_database() -> Exception:
    return Neo4jError._hydrate_neo4j(  # pyright: ignore[reportPrivateUsage]
        code="Neo.TransientError.Database.DatabaseUnavailable", message="starting"
    )


@pytest.mark.parametrize("fault", [ServiceUnavailable("away"), unavailable_database()], ids=["gone", "starting"])
async def test_only_the_first_who_meet_a_silence_wait(patience: Patience, fault: Exception) -> None:
    store = Store(fault)
    with pytest.raises(Unavailable):
        await patience.run(store.once)
    before = store.asked
    assert before > 1
    for _ in range(100):
        with pytest.raises(Unavailable):
            await patience.run(store.once)
    assert store.asked == before + 100  # nobody tried twice


async def test_one_at_a_time_asks_whether_it_is_over(patience: Patience) -> None:
    store = Store(ServiceUnavailable("away"))
    with pytest.raises(Unavailable):
        await patience.run(store.once)
    store.slow.clear()  # a connection that hangs
    before = store.asked
    asking = asyncio.create_task(patience.run(store.once))
    await asyncio.sleep(0)
    answers = await asyncio.gather(*(patience.run(store.once) for _ in range(50)), return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    assert store.asked == before + 1
    store.fault = None
    store.slow.set()
    assert await asking == store.asked
    assert all(await asyncio.gather(*(patience.run(store.once) for _ in range(50))))
    assert store.asked == before + 51


async def test_a_short_silence_is_nobodys_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph.store.retry, "_SILENT_FOR_S", LONG_S)
    patience = Patience()
    store = Store(ServiceUnavailable("away"))
    asking = [asyncio.create_task(patience.run(store.once)) for _ in range(20)]
    await until(lambda: store.asked >= 20)
    store.fault = None
    assert all(await asyncio.gather(*asking))


async def test_a_store_that_answers_that_it_is_busy_is_not_silent(patience: Patience) -> None:
    store = Store(TransientError("locks"))
    asking = asyncio.create_task(patience.run(store.once))
    await asyncio.sleep(2 * SILENT_FOR_S)
    store.fault = None
    assert await asking == store.asked


async def test_what_no_try_mends_is_raised_at_once(patience: Patience) -> None:
    store = Store(CypherSyntaxError("no"))
    with pytest.raises(CypherSyntaxError):
        await patience.run(store.once)
    assert store.asked == 1
