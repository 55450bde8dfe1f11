"""The audit chain on a real store: what is noted holds, and whatever is done to it afterwards is seen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bench.kit.wipe import wipe
from domain.errors import InvalidInput
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from privacy.audit_log import MAX_CUSTOMERS, AuditLog, Entry
from privacy.vault import Vault

pytestmark = pytest.mark.neo4j
AT = "2026-03-01T12:00:00+00:00"


@pytest.fixture
async def database(neo4j_server: Running) -> AsyncGenerator[Database]:
    settings, server = Settings(), neo4j_server  # pyright: ignore[reportCallIssue]
    async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        await wipe(database)
        yield database
        await wipe(database)


def log_of(database: Database, key: bytes = bytes(32)) -> AuditLog:
    return AuditLog(database, Vault(key))


def entry(number: int, **changes: object) -> Entry:
    content = {"at": AT, "actor": f"staff/{number % 3}", "kind": "staff", "action": "read", "what": ("customer",)}
    return Entry(**(content | {"customers": (f"CUST-0000-0000-000{number % 10}",)} | changes))  # type: ignore[arg-type]


async def test_processes_that_write_at_once_make_one_chain(database: Database) -> None:
    logs = [log_of(database) for _ in range(3)]
    assert (await logs[0].verify()).entries == 0
    before = database.round_trips
    await asyncio.gather(*(logs[n % 3].add(entry(n)) for n in range(60)))
    assert database.round_trips - before < 60  # those who wait share a transaction
    found = await logs[0].verify()
    assert (found.entries, found.broken_at) == (60, None)
    assert found.end.startswith("60:")


async def test_an_entry_takes_one_round_trip_and_after_a_lost_answer_it_stands_once(database: Database) -> None:
    log = log_of(database)
    before = database.round_trips
    for number in range(3):
        await log.add(entry(number))
    assert database.round_trips - before == 3
    end, log._end = log._end, (2, (await log.page(3, 1))[0].hash)  # pyright: ignore[reportPrivateUsage]
    await log.add(entry(2))  # as after a write whose answer was lost
    assert log._end == end  # pyright: ignore[reportPrivateUsage]
    assert (await log.verify()).entries == 3


async def test_the_log_is_asked_by_customer_and_actor(database: Database) -> None:
    log = log_of(database)
    for number in range(9):
        await log.add(entry(number, why="ticket-1"))
    page = await log.page(None, 4)
    assert [noted.sequence for noted in page] == [9, 8, 7, 6]
    assert [noted.sequence for noted in await log.page(6, 4)] == [5, 4, 3, 2]
    assert [noted.sequence for noted in await log.page(None, 9, actor="staff/1")] == [8, 5, 2]
    assert [noted.sequence for noted in await log.page(None, 9, customer="CUST-0000-0000-0004")] == [5]
    assert page[0].told("why") == "ticket-1"
    many = tuple(f"CUST-{n:04}-0000-0000" for n in range(MAX_CUSTOMERS + 5))
    await log.add(entry(0, customers=many))
    [last] = await log.page(None, 1)
    assert (len(last.told("customers")), last.told("count")) == (MAX_CUSTOMERS, MAX_CUSTOMERS + 5)


TAMPERED = {
    "changed": ("MATCH (a:AuditEntry {sequence: 4}) SET a.content = replace(a.content, 'read', 'write')", 4),
    "in another's name": ("MATCH (a:AuditEntry {sequence: 4}) SET a.actor = 'staff/nobody'", 4),
    "in nobody's name": ("MATCH (a:AuditEntry {sequence: 4}) REMOVE a.actor", 4),
    "at another time": ("MATCH (a:AuditEntry {sequence: 4}) SET a.at = a.at + duration('PT1S')", 4),
    "at no time": ("MATCH (a:AuditEntry {sequence: 4}) REMOVE a.at", 4),
    "no JSON": ("MATCH (a:AuditEntry {sequence: 4}) SET a.content = '{'", 4),
    "no text": ("MATCH (a:AuditEntry {sequence: 4}) REMOVE a.content", 4),
    "no hash": ("MATCH (a:AuditEntry {sequence: 4}) REMOVE a.hash", 4),
    "removed": ("MATCH (a:AuditEntry {sequence: 4}) DELETE a", 4),
    "hash": ("MATCH (a:AuditEntry {sequence: 4}) SET a.hash = 'x'", 4),
    "swapped": (
        "MATCH (a:AuditEntry {sequence: 4}), (b:AuditEntry {sequence: 5}) WITH a, b, a.content AS one, a.hash AS hash "
        "SET a.content = b.content, a.hash = b.hash, b.content = one, b.hash = hash",
        4,
    ),
    "copied": (
        "MATCH (a:AuditEntry {sequence: 8}) CREATE (b:AuditEntry {sequence: 9}) "
        "SET b.content = a.content, b.hash = a.hash",
        9,
    ),
    "cut off": ("MATCH (a:AuditEntry {sequence: 8}) DELETE a", 8),
    "end moved": ("MATCH (h:AuditChain) SET h.hash = 'x'", 9),
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_whatever_is_changed_is_seen(database: Database, how: str) -> None:
    log, (statement, place) = log_of(database), TAMPERED[how]
    for number in range(8):
        await log.add(entry(number))
    assert (await log.verify()).broken_at is None
    await database.run_schema(statement)
    assert (await log.verify()).broken_at == place


async def test_what_is_filtered_by_is_in_the_chain(database: Database) -> None:
    log = log_of(database)
    await log.add(entry(1, why='","actor":"staff/9', request="CUST-0000-0000-0007"))
    await log.add(entry(2, why="CUST-0000-0000-0007", what=('"customers":["CUST-0000-0000-0007"]',)))
    await database.run_schema("MATCH (a:AuditEntry) SET a.actor = 'somebody else'")
    assert [noted.sequence for noted in await log.page(None, 9, actor="staff/1")] == [1]
    for back in (False, True):
        assert await log.page(0 if back else None, 9, actor="staff/9", back=back) == []
        assert await log.page(0 if back else None, 9, customer="CUST-0000-0000-0007", back=back) == []
        assert len(await log.page(0 if back else None, 9, customer="CUST-0000-0000-0002", back=back)) == 1


async def test_an_end_that_was_noted_elsewhere_sees_what_the_chain_cannot(database: Database) -> None:
    log = log_of(database)
    for number in range(5):
        await log.add(entry(number))
    noted = (await log.verify()).end
    await log.add(entry(6))
    assert (await log.verify(noted)).broken_at is None
    fifth = (await log.page(6, 1))[0]
    assert noted == f"5:{fifth.hash}"
    third = (await log.page(4, 1))[0]
    await database.run_schema("MATCH (a:AuditEntry) WHERE a.sequence > 3 DELETE a")
    await database.run_schema("MATCH (h:AuditChain) SET h.sequence = 3, h.hash = $hash", hash=third.hash)
    assert (await log.verify()).broken_at is None
    assert (await log.verify(noted)).broken_at == 4
    for number in range(4):
        await log.add(entry(number + 50))
    assert (await log.verify()).broken_at is None
    assert (await log.verify(noted)).broken_at == 5
    with pytest.raises(InvalidInput):
        await log.verify("nonsense")


async def test_another_key_makes_another_chain(database: Database) -> None:
    await log_of(database).add(entry(1))
    assert (await log_of(database, b"k" * 32).verify()).broken_at == 1
