"""Writers that meet wait for each other, and what they decide is what one writer alone would have decided."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest

from bench.kit.wipe import wipe
from graph.local import Running
from graph.store.database import Database, DbTransaction, Row, connect
from identity.locking import LOCK_AND_READ
from tests.kit.arrival import send, shuffled
from tests.kit.building import READER, VAULT, committer_of, intake_of, read, settings_of
from tests.kit.hard_cases import Raw, Teller, phone, subject
from tests.kit.invariants import invariants
from tests.kit.snapshot import difference
from tests.kit.waiting import LONG_S

pytestmark = pytest.mark.neo4j

Run = Callable[..., Awaitable[list[Row]]]


def _identifier_row(key: str) -> Row:
    return {"key": key, "type": "phone", "display": "", "sealed": b"", "blocked": False, "firstSeen": "2026-01-01"}


_LOCKS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "component": ("Component", "id", {"name": "identity/lock_components", "batch": {"locks": ["x"]}}),
    "identifier": (
        "Identifier",
        "key",
        {"name": "intake/claim_identifiers", "batch": {"identifiers": [_identifier_row("x")]}},
    ),
    "transaction": ("Transaction", "key", {"name": "intake/claim_transactions", "batch": {"transactions": ["x"]}}),
    "store": (
        "Store",
        "id",
        {
            "name": "intake/write_references",
            "batch": {
                "stores": [
                    dict.fromkeys(("name", "city", "country", "timezone"), "n") | {"id": "x", "brand": "b", "clock": ""}
                ],
                "brands": [],
                "products": [],
            },
        },
    ),
}


@pytest.mark.parametrize("what", _LOCKS)
async def test_a_lock_holds_until_the_first_one_commits(store: Database, second_store: Database, what: str) -> None:
    """Proves that removing a property that no node has takes the write lock: Neo4j need not do so."""
    label, key, call = _LOCKS[what]
    await store.run_schema(f"CREATE (n:{label} {{{key}: 'x', clock: 'z', shared: false, blocked: false}})")
    query, parameters = call["name"], {name: value for name, value in call.items() if name != "name"}
    taken, done = asyncio.Event(), list[str]()

    async def first(transaction: DbTransaction) -> None:
        await transaction.run(query, **parameters)
        taken.set()
        await asyncio.sleep(0.4)
        done.append("first")

    async def second(transaction: DbTransaction) -> None:
        await taken.wait()
        await transaction.run(query, **parameters)
        done.append("second")

    await asyncio.gather(store.write("first", first), second_store.write("second", second))
    assert done == ["first", "second"]


async def test_what_is_read_behind_a_lock_is_read_after_the_wait_for_it(
    store: Database, second_store: Database
) -> None:
    """Lock and read are one statement: its reads must not run ahead of its lock."""
    made = {"created": ["x", "y"], "emptied": [], "now": "2026-01-01T00:00:00Z", "records": ["a"]}
    for name in ("identity/write_components", "intake/claim_records"):
        await store.write_one(name, batch=made)
    row = {"key": "a", "first": "2026-01-01", "last": "2026-01-01"}
    await store.write_one("identity/write_records", batch={"records": [row | {"props": {"component": "x"}}]})
    locked, stands = asyncio.Event(), list[Any]()
    batch = {"locks": ["x"], "records": ["a"], "identifiers": [], "components": ["x"]}

    async def mover(transaction: DbTransaction) -> None:
        await transaction.run(*LOCK_AND_READ, batch=batch)
        locked.set()
        await asyncio.sleep(0.4)
        await transaction.run("identity/write_records", batch={"records": [row | {"props": {"component": "y"}}]})

    async def reader(transaction: DbTransaction) -> None:
        await locked.wait()
        [answer] = await transaction.run(*LOCK_AND_READ, batch=batch)
        stands.extend((answer["stands"], [state["component"] for state in answer["states"]]))

    await asyncio.gather(store.write("mover", mover), second_store.write("reader", reader))
    assert stands == [[{"key": "a", "component": "y"}], ["y"]]


def crowd(rng: random.Random) -> list[Raw]:
    """A hundred records that a few identifiers tie into ever larger components."""
    teller = Teller("crowd")
    for number in range(100):
        given = rng.choice(("Ann", "Bert", "Cleo", ""))
        known = {"phone": phone(rng.randrange(12))}
        if rng.random() < 0.5:
            known["email"] = f"crowd{rng.randrange(12)}@crowd.example"
        who = subject(f"crowd-{number}", given=given, family="Crowder" if given else "", **known)
        teller.tell("identify", "crm", subject=who)
        teller.order("completed", "till", f"crowd-{number}", who | {"id": f"till-{number % 40}"}, f"{number + 1}.00")
    return teller.events


async def test_three_intakes_decide_as_one(store: Database, neo4j_server: Running) -> None:
    rng = random.Random(5)
    events = read(crowd(rng))
    async with intake_of(store) as intake:
        await intake.submit(events)
    expected = await invariants(store, VAULT)
    assert max(map(len, expected["components"])) > 50, "the components must overlap"
    server = neo4j_server
    for _ in range(2):
        await wipe(store)

        async def process(index: int) -> None:
            async with (
                connect(settings_of(), uri=server.bolt_uri, user=server.user, password=server.password) as database,
                intake_of(database, intake_batch=25) as intake,
            ):
                mine = random.Random(index)
                await send(intake, shuffled(events, mine, repeats=0), mine)

        await asyncio.gather(*(process(rng.randrange(1000)) for _ in range(3)))
        assert not difference(expected, await invariants(store, VAULT))


_PAUSED: ContextVar[asyncio.Event | None] = ContextVar("paused", default=None)


@pytest.fixture
def pausing(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set once a writer that carries `_PAUSED` is about to lock its components; it goes on at its own event."""
    reached = asyncio.Event()
    run = DbTransaction.run

    async def slow(self: DbTransaction, *names: str, **parameters: Any) -> list[Row]:
        go_on = _PAUSED.get()
        if go_on is not None and "identity/lock_components" in names:
            reached.set()
            await go_on.wait()
        return await run(self, *names, **parameters)

    monkeypatch.setattr(DbTransaction, "run", slow)
    return reached


@pytest.mark.parametrize("attempt", range(4))
async def test_a_component_that_joins_another_while_a_writer_waits_is_decided_whole(
    store: Database, second_store: Database, pausing: asyncio.Event, attempt: int
) -> None:
    """The writer has both old components among those it locks, so only their records tell that one took the other in.

    Which id survives is a matter of chance: hence several attempts.
    """
    one, other = (subject(f"{n}-{attempt}", email=f"{n}{attempt}@race.example") for n in ("one", "other"))
    past, bridge, now = Teller("past"), Teller("bridge"), Teller("now")
    for n in range(4):
        past.identify("till", f"one-{attempt}-{n}", email=f"one{attempt}@race.example", phone=phone(30 + n))
        past.identify("till", f"other-{attempt}-{n}", email=f"other{attempt}@race.example", phone=phone(40 + n))
    past.order("completed", "till", "P-1", one, "10.00")
    past.order("completed", "till", "P-2", other, "20.00")
    bridge.identify("crm", f"bridge-{attempt}", email=[f"one{attempt}@race.example", f"other{attempt}@race.example"])
    now.tell("identify", "till", subject=one | {"identifiers": {"loyalty_card": "8811044221"}})
    now.order("completed", "till", "N-1", {"id": other["id"]}, "30.00")  # its address stays free for the bridge

    await committer_of(store).commit(_claims(past))
    go_on = asyncio.Event()
    token = _PAUSED.set(go_on)
    waiting = asyncio.create_task(committer_of(store).commit(_claims(now)))
    _PAUSED.reset(token)
    await asyncio.wait_for(pausing.wait(), LONG_S)
    meeting = asyncio.create_task(committer_of(second_store).commit(_claims(bridge)))
    await asyncio.wait_for(meeting, LONG_S)
    go_on.set()
    await asyncio.wait_for(waiting, LONG_S)
    found = await invariants(store, VAULT)

    await wipe(store)
    await committer_of(store).commit(_claims(past) + _claims(bridge) + _claims(now))
    assert not difference(await invariants(store, VAULT), found)


def _claims(teller: Teller) -> list[Any]:
    return [READER.claims(event) for event in read(teller.events)]


async def test_an_older_word_about_a_store_never_wins_a_race(store: Database, second_store: Database) -> None:
    old, new = Teller("a"), Teller("b")
    old.store("store-9", "cafe", "Old")
    new.store("store-9", "grill", "Older still")
    new.store("store-9", "grill", "New")
    await committer_of(store).commit(_claims(old))
    for _ in range(5):
        older, newer = Teller("c"), Teller("d")
        older.store("store-9", "cafe", "Between")
        newer.store("store-9", "grill", "Before the newest")
        newer.store("store-9", "grill", "Newest")
        await asyncio.gather(
            committer_of(store).commit(_claims(newer)), committer_of(second_store).commit(_claims(older))
        )
        found = await invariants(store, VAULT)
        props, brands = found["reference"]["Store store-9"]
        assert props["name"] == "Newest"
        assert [brand["id"] for brand in brands] == ["grill"]
        await wipe(store)
