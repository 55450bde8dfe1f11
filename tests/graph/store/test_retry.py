"""A store that is silent keeps nobody waiting, is asked by one at a time, and is back with its first answer."""

from __future__ import annotations

import asyncio

import pytest
from neo4j.exceptions import CypherSyntaxError, Neo4jError, ServiceUnavailable, TransientError

import graph.store.retry
from domain.errors import StoreFull, Unavailable
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


def answered(code: str) -> Neo4jError:
    return Neo4jError._hydrate_neo4j(code=code, message="no")  # pyright: ignore[reportPrivateUsage]


def unavailable_database() -> Exception:
    return answered("Neo.TransientError.Database.DatabaseUnavailable")


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


@pytest.mark.parametrize(
    "code",
    [
        "Neo.DatabaseError.Database.UnableToStartDatabase",
        "Neo.DatabaseError.General.StorageDamageDetected",
        "Neo.DatabaseError.General.UnknownError",
        "Neo.DatabaseError.Transaction.TransactionCommitFailed",
        "Neo.DatabaseError.Transaction.TransactionLogError",
        "Neo.DatabaseError.Transaction.TransactionStartFailed",
    ],
)
async def test_a_fault_of_the_store_is_no_fault_of_what_it_was_asked(patience: Patience, code: str) -> None:
    with pytest.raises(Unavailable) as raised:
        await patience.run(Store(answered(code)).once)
    assert not isinstance(raised.value, StoreFull)


async def test_a_statement_that_fails_is_not_the_stores_fault(patience: Patience) -> None:
    with pytest.raises(Neo4jError):
        await patience.run(Store(answered("Neo.DatabaseError.Statement.ExecutionFailed")).once)


async def test_a_store_that_became_read_only_is_full(patience: Patience) -> None:
    for code in ("ForbiddenOnReadOnlyDatabase", "WriteOnReadOnlyAccessDatabase"):
        with pytest.raises(StoreFull):
            await patience.run(Store(answered(f"Neo.ClientError.General.{code}")).once)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph.store.retry, "_LOOKS_EVERY_S", 0.01)
    monkeypatch.setattr(graph.store.retry, "_LIVES_WITHIN_S", 0.05)


@pytest.mark.usefixtures("quick")
async def test_nobody_waits_for_a_store_that_hangs_and_it_is_back_when_it_lives(patience: Patience) -> None:
    store, life = Store(), Store()
    store.slow.clear()
    life.slow.clear()
    watch = asyncio.create_task(patience.watch(life.once))
    async with asyncio.timeout(LONG_S):
        waited = await asyncio.gather(*(patience.run(store.once) for _ in range(20)), return_exceptions=True)
    assert [type(answer) for answer in waited] == [Unavailable] * 20
    async with asyncio.timeout(LONG_S):  # who tests whether it is over is not left waiting either
        with pytest.raises(Unavailable):
            await patience.run(store.once)
    store.slow.set()
    life.slow.set()
    before = store.asked
    await until(lambda: not patience._worn_out)  # pyright: ignore[reportPrivateUsage]
    assert all(await asyncio.gather(*(patience.run(store.once) for _ in range(20))))
    assert store.asked == before + 20
    watch.cancel()


@pytest.mark.usefixtures("quick")
async def test_a_long_query_is_waited_for_while_the_store_lives(patience: Patience) -> None:
    store, life = Store(), Store()
    store.slow.clear()
    watch = asyncio.create_task(patience.watch(life.once))
    asking = asyncio.create_task(patience.run(store.once))
    await until(lambda: life.asked > 5)
    assert not asking.done()
    store.slow.set()
    assert await asking == 1
    watch.cancel()


@pytest.mark.usefixtures("quick")
async def test_a_store_that_nobody_waits_for_is_not_asked(patience: Patience) -> None:
    life = Store()
    watch = asyncio.create_task(patience.watch(life.once))
    await patience.run(Store().once)
    await asyncio.sleep(0.2)
    assert life.asked == 0
    watch.cancel()
