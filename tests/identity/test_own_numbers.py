"""Decisions undone in any order: every record's person has the number from before them, and no number opens a stranger.

Tests identity.inheritance and identity.customer_numbers too.
"""

from __future__ import annotations

import random

import pytest

from bench.kit.random_agent import Agent, by
from graph.store.database import Database
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from tests.identity.test_number_changes import ENDS
from tests.kit.building import READER, VAULT, committer_of, parts_of, read
from tests.kit.hard_cases import Teller, hard_events
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j
_GUESTS = ("Anna", "Bob", "Carla")
_NUMBERS = "MATCH (r:SourceRecord)-[:RESOLVED_TO]->(c:Customer) RETURN r.key AS key, c.number AS number"


def key(source: str, guest: str) -> str:
    return READER.record_key(source, guest)


class Guests:
    """Anna, Bob and Carla: each has a web and an app record with one e-mail."""

    def __init__(self, store: Database) -> None:
        self.store = store
        self.decisions = AgentDecisions(parts_of(store))
        self.teller = Teller("guests")
        self._taken_in = 0

    async def arrive(self) -> None:
        for guest in _GUESTS:
            for source in ("web", "app"):
                self.teller.identify(source, guest, given=guest, family="Roe", email=f"{guest}@n.example")
            await self.take_in()

    async def take_in(self) -> None:
        events = read(self.teller.events[self._taken_in :])
        self._taken_in = len(self.teller.events)
        await committer_of(self.store).commit([READER.claims(event) for event in events])

    async def numbers(self) -> dict[str, str]:
        await invariants(self.store, VAULT)
        return {row["key"]: row["number"] for row in await self.store.read_text(_NUMBERS, operation="test")}

    async def number(self, source: str, guest: str) -> str:
        return (await self.numbers())[key(source, guest)]

    async def opens(self, number: str) -> str:
        [row] = await self.store.read_text(ENDS, operation="test", number=number)
        return row["number"]

    async def merge(self, *numbers: str) -> str:
        outcome = await self.decisions.plan(
            DecisionKind.MERGE, by(), lambda p: plans.merge(p, numbers), customers=numbers
        )
        return outcome.id or ""

    async def must_match(self, *records: str) -> str:
        outcome = await self.decisions.plan(
            DecisionKind.MUST_MATCH, by(), lambda p: plans.must_match(p, records), records=records
        )
        return outcome.id or ""

    async def unmerge(self, number: str, *records: str) -> str:
        outcome = await self.decisions.plan(
            DecisionKind.UNMERGE,
            by(),
            lambda p: plans.unmerge(p, number, records),
            customers=[number],
            leaving=records,
        )
        return outcome.id or ""

    async def undo(self, decision: str) -> str:
        return (await self.decisions.undo(decision, by())).id or ""


@pytest.fixture
async def guests(store: Database) -> Guests:
    told = Guests(store)
    await told.arrive()
    return told


async def test_a_merge_of_two_guests_takes_all_their_records(guests: Guests) -> None:
    anna, bob = await guests.number("web", "Anna"), await guests.number("web", "Bob")
    await guests.merge(anna, bob)
    numbers = await guests.numbers()
    assert {numbers[key(source, guest)] for source in ("web", "app") for guest in ("Anna", "Bob")} == {anna}
    for guest in ("Anna", "Bob"):
        guests.teller.identify("till", guest, given=guest, family="Roe", email=f"{guest}@n.example")
    await guests.take_in()
    numbers = await guests.numbers()
    assert {numbers[key("till", guest)] for guest in ("Anna", "Bob")} == {anna}, "also who comes later"


@pytest.mark.parametrize(
    ("traits", "others"),
    [
        ({"birthDate": "1990-05-01"}, {"birthDate": "1961-12-24"}),
        ({"suffix": "Sr"}, {"suffix": "Jr"}),
    ],
)
async def test_what_only_their_other_records_claim_does_not_split_a_merge(
    guests: Guests, traits: dict[str, str], others: dict[str, str]
) -> None:
    anna, bob = await guests.number("web", "Anna"), await guests.number("web", "Bob")
    guests.teller.identify("app", "Anna", email="Anna@n.example", traits=traits)
    guests.teller.identify("app", "Bob", email="Bob@n.example", traits=others)
    await guests.take_in()
    await guests.merge(anna, bob)
    numbers = await guests.numbers()
    assert {numbers[key(source, guest)] for source in ("web", "app") for guest in ("Anna", "Bob")} == {anna}


async def test_records_that_must_match_bring_the_rest_of_their_customers(guests: Guests) -> None:
    before = await guests.numbers()
    matched = await guests.must_match(key("app", "Carla"), key("app", "Anna"))
    numbers = await guests.numbers()
    together = {numbers[key(source, guest)] for source in ("web", "app") for guest in ("Anna", "Carla")}
    assert together == {before[key("web", "Anna")]}
    await guests.undo(matched)
    assert await guests.numbers() == before


@pytest.mark.parametrize("last_first", [True, False])
async def test_numbers_come_back_when_a_chain_of_decisions_is_undone(guests: Guests, last_first: bool) -> None:
    before = await guests.numbers()
    anna, bob = before[key("web", "Anna")], before[key("web", "Bob")]
    first = await guests.merge(bob, anna)
    second = await guests.must_match(key("app", "Carla"), key("app", "Anna"))
    for decision in (second, first) if last_first else (first, second):
        await guests.undo(decision)
    assert await guests.numbers() == before
    for number in before.values():
        assert await guests.opens(number) == number


async def test_who_came_since_does_not_take_a_number_away(guests: Guests) -> None:
    before = await guests.numbers()
    anna, bob = before[key("web", "Anna")], before[key("web", "Bob")]
    first = await guests.merge(bob, anna)
    second = await guests.must_match(key("app", "Carla"), key("app", "Anna"))
    for guest in ("Bob", "Carla"):
        for n in range(3):
            guests.teller.identify("crm", f"{guest}-{n}", given=guest, family="Roe", email=f"{guest}@n.example")
    await guests.take_in()
    await guests.undo(first)
    await guests.undo(second)
    numbers = await guests.numbers()
    assert before.items() <= numbers.items()
    assert {numbers[key("crm", f"Bob-{n}")] for n in range(3)} == {bob}


async def test_a_number_given_by_an_unmerge_follows_its_records(guests: Guests) -> None:
    """The unmerged record's number is merged into another guest. Undone from the first, it opens its own person."""
    before = await guests.numbers()
    anna, bob = before[key("web", "Anna")], before[key("web", "Bob")]
    parted = await guests.unmerge(bob, key("app", "Bob"))
    given = await guests.number("app", "Bob")
    assert given not in (anna, bob)
    merged = await guests.merge(anna, given)
    await guests.undo(parted)
    await guests.undo(merged)
    assert await guests.numbers() == before
    assert await guests.opens(given) == bob


async def test_an_unmerge_brought_back_gives_the_number_that_it_gave(guests: Guests) -> None:
    bob = await guests.number("web", "Bob")
    parted = await guests.unmerge(bob, key("app", "Bob"))
    given = await guests.number("app", "Bob")
    undone = await guests.undo(parted)
    assert await guests.opens(given) == bob
    await guests.undo(undone)
    assert (await guests.number("web", "Bob"), await guests.number("app", "Bob")) == (bob, given)


@pytest.mark.parametrize("seed", range(4))
async def test_all_decisions_undone_in_any_order_leave_the_numbers_from_before(store: Database, seed: int) -> None:
    rng = random.Random(seed)
    guests = Guests(store)
    await guests.arrive()
    await committer_of(store).commit([READER.claims(event) for event in read(hard_events())])
    before = await guests.numbers()
    agent = Agent(parts_of(store), rng)
    for _ in range(12):
        await agent.decide()
    assert len(agent.taken) > 3
    await agent.undo_all()
    assert await guests.numbers() == before
    [left] = await store.read_text(
        "MATCH (r:SourceRecord) WHERE r.ownNumber IS NOT NULL RETURN count(r) AS n", operation="test"
    )
    assert left["n"] == 0, "no decision holds, so nothing has to be remembered"
    for number in before.values():
        assert await guests.opens(number) == number
