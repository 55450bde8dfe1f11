"""The door to Neo4j: transient faults are tried again, others are not, and a store that is away ends in Unavailable."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections.abc import Callable

import pytest
from neo4j.exceptions import CypherSyntaxError

import graph.store.retry
from domain.errors import SetupError, Unavailable
from graph.local import Running
from graph.store.database import Database, DbTransaction, connect
from tests.kit.building import settings_of
from tests.kit.waiting import LONG_S


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(graph.store.retry, "_SILENT_FOR_S", 0.5)
    return 0.5


def _nobody_listens() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"bolt://127.0.0.1:{probe.getsockname()[1]}"


_CALLS: dict[str, Callable[[Database], object]] = {
    "read": lambda database: database.read("places/brands"),
    "write": lambda database: database.write_one("schema/migration_lock"),
    "schema": lambda database: database.run_schema("RETURN 1 AS one"),
    "ready": lambda database: database.ready(),
}


@pytest.mark.parametrize("call", _CALLS)
async def test_a_store_that_is_away_is_unavailable_within_the_budget(budget: float, call: str) -> None:
    started = time.monotonic()
    async with connect(settings_of(), uri=_nobody_listens(), user="neo4j", password="secret-word") as database:
        with pytest.raises(Unavailable) as caught:
            await _CALLS[call](database)  # pyright: ignore[reportGeneralTypeIssues]
    assert time.monotonic() - started < budget + LONG_S
    assert "secret-word" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.neo4j
async def test_a_wrong_password_is_a_matter_of_setup(neo4j_server: Running, budget: float) -> None:
    async with connect(settings_of(), uri=neo4j_server.bolt_uri, user="neo4j", password="wrong") as database:
        with pytest.raises(SetupError, match="password"):
            await database.ready()


@pytest.mark.neo4j
async def test_what_still_runs_at_the_end_leaves_no_connection(neo4j_server: Running) -> None:
    where = {"uri": neo4j_server.bolt_uri, "user": neo4j_server.user, "password": neo4j_server.password}
    for moment_s in (0, 0.002, 0.005, 0.01, 0.02):
        async with connect(settings_of(), **where) as database:
            running = [asyncio.create_task(database.ready()) for _ in range(3)]
            await asyncio.sleep(moment_s)
        _, late = await asyncio.wait(running, timeout=LONG_S)
        assert not late
        assert database.running == 0
        del _, running
        gc.collect()  # a connection that is left open warns of it, and a warning is an error


@pytest.mark.neo4j
async def test_a_deadlock_is_tried_again(store: Database, second_store: Database) -> None:
    await store.run_schema("CREATE (:Component {id: 'a'}), (:Component {id: 'b'})")
    both_hold = asyncio.Barrier(2)
    tries: list[str] = []

    def work(first: str, then: str) -> Callable[[DbTransaction], object]:
        async def run(transaction: DbTransaction) -> str:
            tries.append(first)
            await transaction.run("identity/lock_components", batch={"locks": [first]})
            if len(tries) <= 2:
                await both_hold.wait()
            await transaction.run("identity/lock_components", batch={"locks": [then]})
            return first

        return run

    answers = await asyncio.gather(
        store.write("one", work("a", "b")),  # pyright: ignore[reportArgumentType]
        second_store.write("two", work("b", "a")),  # pyright: ignore[reportArgumentType]
    )
    assert answers == ["a", "b"]
    assert len(tries) == 3, "one of the two was the victim, once"


@pytest.mark.neo4j
async def test_the_loser_of_a_race_for_a_key_finds_what_the_winner_made(
    store: Database, second_store: Database
) -> None:
    tries: list[str] = []
    both_saw = asyncio.Barrier(2)

    def work(name: str) -> Callable[[DbTransaction], object]:
        async def run(transaction: DbTransaction) -> bool:
            tries.append(name)
            seen = (await transaction.run("intake/claim_events", batch={"events": ["e"]}))[0]["taken"]
            if len(tries) <= 2:
                await both_saw.wait()
            if not seen:
                row = {"key": "e", "record": None, "at": "2026-01-01T00:00:00Z", "props": {}}
                await transaction.run("intake/write_events", batch={"events": [row], "now": "2026-01-01T00:00:00Z"})
            return not seen

        return run

    made = await asyncio.gather(
        store.write("one", work("one")),  # pyright: ignore[reportArgumentType]
        second_store.write("two", work("two")),  # pyright: ignore[reportArgumentType]
    )
    assert sorted(made) == [False, True]
    assert len(tries) == 3


@pytest.mark.neo4j
async def test_a_failed_unit_of_work_leaves_nothing(store: Database) -> None:
    async def work(transaction: DbTransaction) -> None:
        await transaction.run_text("CREATE (:Component {id: 'half'})")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        await store.write("half", work)
    assert await store.read_text("MATCH (k:Component) RETURN k.id AS id", operation="test") == []


@pytest.mark.neo4j
async def test_a_faulty_query_is_told_at_once(store: Database) -> None:
    before = store.round_trips
    with pytest.raises(CypherSyntaxError):
        await store.read_text("RETRN 1", operation="test")
    assert store.round_trips == before + 1


@pytest.mark.neo4j
async def test_a_read_cannot_write(store: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read"):
        await store.read_text("CREATE (:Component {id: 'x'})", operation="test")
