"""Agents' decisions on a real store: each holds against any evidence, and undone leaves nothing behind.

Tests identity.decisions.decision_try too.
"""

from __future__ import annotations

import asyncio
import random

import pytest

from bench.kit.random_agent import Agent, by
from bench.kit.wipe import wipe
from domain.errors import InvalidInput, NotFound
from domain.events import Event
from graph.store.database import Database
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind, People
from identity.decisions.signed_decision import DecisionResult, Signed
from matching.policy import default
from matching.records import Identifier
from tests.identity.test_number_changes import Story
from tests.kit.building import READER, VAULT, committer_of, parts_of, read
from tests.kit.hard_cases import hard_events, phone
from tests.kit.invariants import invariants
from tests.kit.snapshot import difference
from world import World, WorldConfig

pytestmark = pytest.mark.neo4j
_WORLD = WorldConfig(people=25, days=60, stores=4, cities=1, pages=0.3, shared_phone_homes=0.5, phone_declined=0.2)


def key(id: str) -> str:
    return READER.record_key("till", id)


class Desk(Story):
    """A story in which agents decide."""

    def __init__(self, store: Database) -> None:
        super().__init__(store)
        self.decisions = AgentDecisions(parts_of(store))

    async def guest(self, id: str, **known: object) -> str:
        self.teller.identify("till", id, **known)
        await self.so_far()
        return await self.number(id)

    async def merge(self, *numbers: str, signed: Signed | None = None) -> DecisionResult:
        return await self.decisions.plan(
            DecisionKind.MERGE, signed or by(), lambda p: plans.merge(p, numbers), customers=numbers
        )

    async def unmerge(self, number: str, *ids: str) -> DecisionResult:
        keys = [key(one) for one in ids]
        return await self.decisions.plan(
            DecisionKind.UNMERGE,
            by(),
            lambda p: plans.unmerge(p, number, keys),
            customers=[number],
            leaving=keys,
        )

    async def same(self, *ids: str) -> bool:
        await invariants(self._store, VAULT)
        return len({await self.number(one) for one in ids}) == 1


async def test_a_merge_holds_answers_by_the_older_number_and_is_undone(store: Database) -> None:
    desk = Desk(store)
    ann, eve = await desk.guest("a", given="Ann", email="ann@m.example"), await desk.guest("b", given="Eve")
    before = await invariants(store, VAULT)
    outcome = await desk.merge(ann, eve)
    assert [person.number for person in outcome.people] == [ann]
    assert await desk.same("a", "b")
    assert await desk.answers(eve) == (ann, "retired")
    undone = await desk.decisions.undo(outcome.id, by())
    assert {person.number for person in undone.people} == {ann, eve}
    assert (await desk.number("a"), await desk.number("b")) == (ann, eve)
    assert not difference(before, await invariants(store, VAULT))
    await desk.decisions.undo(undone.id, by())
    assert await desk.same("a", "b")


async def test_undoing_gives_a_number_back_to_its_founder_however_many_came_since(store: Database) -> None:
    desk = Desk(store)
    old = await desk.guest("a", given="Ann", email="ann@f.example")
    new = await desk.guest("b", given="Eve", email="eve@f.example")
    merged = await desk.merge(old, new)
    for n in range(3):
        assert await desk.guest(f"e{n}", given="Eve", email="eve@f.example") == old
    await desk.decisions.undo(merged.id, by())
    assert await desk.number("a") == old
    assert {await desk.number(f"e{n}") for n in range(3)} == {new}


async def test_a_preview_says_the_same_and_changes_nothing(store: Database) -> None:
    desk = Desk(store)
    numbers = [await desk.guest(one, email=f"guest{one}@p.example") for one in "ab"]
    before = await invariants(store, VAULT)
    preview = await desk.merge(*numbers, signed=Signed("agent", "let me see", preview=True))
    assert not difference(before, await invariants(store, VAULT))
    assert not await desk.same("a", "b")
    assert (await desk.merge(*numbers)).people == preview.people


async def test_the_same_request_is_carried_out_once(store: Database) -> None:
    desk = Desk(store)
    numbers = [await desk.guest(one, email=f"guest{one}@r.example") for one in "ab"]
    signed = Signed("agent", "twice", request="r1")
    once, *more = await asyncio.gather(*(desk.merge(*numbers, signed=signed) for _ in range(3)))
    assert {(again.id, again.people) for again in more} == {(once.id, once.people)}
    rows = await store.read_text("MATCH (d:Decision) RETURN count(d) AS n", operation="test")
    assert rows[0]["n"] == 1


async def test_unmerged_records_stay_apart_whatever_they_share_later(store: Database) -> None:
    desk = Desk(store)
    number = await desk.guest("a", email="xena@u.example", phone=phone(1))
    await desk.guest("b", email="xena@u.example")
    await desk.guest("c", phone=phone(1))
    assert await desk.same("a", "b", "c")
    outcome = await desk.unmerge(number, "b", "c")
    assert len(outcome.people) == 2
    assert await desk.same("b", "c"), "what an agent takes out together is one person"
    assert not await desk.same("a", "b")
    desk.teller.identify("till", "b", phone=phone(1), loyalty_card="40001234")
    desk.teller.identify("till", "a", loyalty_card="40001234")
    await desk.so_far()
    assert not await desk.same("a", "b")
    await desk.decisions.undo(outcome.id, by())
    assert await desk.same("a", "b", "c")


async def test_unmerging_by_evidence_parts_what_only_that_holds(store: Database) -> None:
    desk = Desk(store)
    number = await desk.guest("a", email="home@e.example")
    await desk.guest("b", email="home@e.example", phone=phone(2))
    await desk.guest("c", phone=phone(2))
    shared = Identifier("email", READER.identifier_key("email", "home@e.example"))

    def planned(people: People) -> object:
        return plans.unmerge_by(people, number, shared, default())

    await desk.decisions.plan(DecisionKind.UNMERGE, by(), planned, customers=[number])  # type: ignore[arg-type]
    assert await desk.same("b", "c")
    assert not await desk.same("a", "b")


async def test_a_record_moves_and_nothing_else(store: Database) -> None:
    desk = Desk(store)
    one = await desk.guest("a", email="xena@v.example")
    await desk.guest("b", email="xena@v.example")
    other = await desk.guest("c", email="yves@v.example")
    desk.teller.order("completed", "till", "o1", {"id": "b"}, "10.00")
    await desk.so_far()
    moved = await desk.decisions.plan(
        DecisionKind.MOVE,
        by(),
        lambda p: plans.move(p, key("b"), other),
        customers=[other],
        records=[key("b")],
        leaving=[key("b")],
    )
    assert await desk.number("b") == other
    assert await desk.number("a") == one
    found = await invariants(store, VAULT)
    assert found["people"][frozenset((key("b"), key("c")))]["visits"] == 1
    await desk.decisions.undo(moved.id, by())
    assert await desk.number("b") == one


async def test_nobody_joins_or_leaves_a_locked_customer(store: Database) -> None:
    desk = Desk(store)
    number = await desk.guest("a", email="xena@l.example")
    other = await desk.guest("b", email="yves@l.example")
    await desk.decisions.plan(DecisionKind.LOCK, by(), lambda p: plans.lock(p, number), customers=[number])
    assert await desk.guest("c", email="xena@l.example") != number
    with pytest.raises(InvalidInput, match="locked"):
        await desk.merge(number, other)
    with pytest.raises(InvalidInput, match="locked already"):
        await desk.decisions.plan(DecisionKind.LOCK, by(), lambda p: plans.lock(p, number), customers=[number])
    await desk.decisions.unlock(number, by())
    assert await desk.same("a", "c")
    with pytest.raises(InvalidInput, match="not locked"):
        await desk.decisions.unlock(number, by())


async def test_a_blocked_identifier_links_nobody_until_it_is_unblocked(store: Database) -> None:
    desk = Desk(store)
    for one in "ab":
        await desk.guest(one, email="desk@b.example")
    email = READER.identifier_key("email", "desk@b.example")
    await desk.decisions.block(email, by())
    assert not await desk.same("a", "b")
    await desk.guest("c", email="desk@b.example")
    assert not await desk.same("a", "c"), "also not who comes later"
    with pytest.raises(InvalidInput, match="blocked already"):
        await desk.decisions.block(email, by())
    await desk.decisions.unblock(email, by())
    assert await desk.same("a", "b", "c")
    with pytest.raises(InvalidInput, match="No agent blocked"):
        await desk.decisions.unblock(email, by())


async def test_a_shared_identifier_links_again_until_that_is_undone(store: Database) -> None:
    desk = Desk(store)
    shared, anna = phone(7), {"given": "Anna", "family": "Roe", "phone": phone(7)}
    await desk.guest("a", **anna)
    await desk.guest("b", **anna)
    assert await desk.same("a", "b")
    key_of_phone = READER.identifier_key("phone", shared)
    with pytest.raises(InvalidInput, match="not shared"):
        await desk.decisions.unshare(key_of_phone, by())
    names = ("Bruno", "Clementine", "Dmitri", "Eleanor", "Ferdinand", "Gwendolyn", "Hector")
    for name in names:
        desk.teller.identify("till", name, given=name, family=f"Zz{name}son", phone=shared)
    await desk.so_far()
    assert not await desk.same("a", "b"), "too many people use the phone"
    before = await invariants(store, VAULT)
    unshared = await desk.decisions.unshare(key_of_phone, by())
    assert await desk.same("a", "b")
    assert not await desk.same("a", "Bruno"), "names still contradict"
    await desk.guest("c", **anna)
    assert await desk.same("a", "b", "c"), "also who comes later"
    await desk.guest("Ida", given="Ida", family="Zzidason", phone=shared)
    assert await desk.same("a", "b", "c"), "however many use it"
    undone = await desk.decisions.undo(unshared.id or "", by())
    assert not await desk.same("a", "b")
    await desk.decisions.undo(undone.id or "", by())
    assert await desk.same("a", "b", "c")
    await desk.decisions.undo(unshared.id or "", by())
    assert before["people"].keys() <= (await invariants(store, VAULT))["people"].keys()


async def test_the_newer_decision_holds_and_names_what_it_overrules(store: Database) -> None:
    desk = Desk(store)
    one, other = await desk.guest("a", email="ann@n.example"), await desk.guest("b", email="ben@n.example")
    keys = [key("a"), key("b")]
    ban = await desk.decisions.plan(
        DecisionKind.NEVER_MATCH, by(), lambda p: plans.never_match(p, [[k] for k in keys]), records=keys
    )
    merged = await desk.merge(one, other)
    assert merged.overruled == (ban.id,)
    assert await desk.same("a", "b")
    await desk.decisions.undo(merged.id, by())
    desk.teller.identify("till", "a", email="ben@n.example")
    await desk.so_far()
    assert not await desk.same("a", "b"), "the ban holds again"


async def test_what_cannot_be_is_refused_and_leaves_nothing(store: Database) -> None:
    desk = Desk(store)
    number = await desk.guest("a", email="ann@z.example")
    before = await invariants(store, VAULT)
    for refused, error in (
        (desk.merge(number, number), InvalidInput),
        (desk.merge(number, "CUST-0000-0000-0000"), NotFound),
        (desk.unmerge(number, "a"), InvalidInput),
        (desk.unmerge(number, "nobody"), InvalidInput),
        (desk.decisions.undo("no such", by()), NotFound),
        (desk.decisions.block("email:none", by()), NotFound),
        (desk.decisions.unlock(number, by()), InvalidInput),
    ):
        with pytest.raises(error):
            await refused
    assert not difference(before, await invariants(store, VAULT))
    rows = await store.read_text("MATCH (d:Decision) RETURN count(d) AS n", operation="test")
    assert rows[0]["n"] == 0
    with pytest.raises(InvalidInput, match="reason"):
        Signed("agent", "  ")


@pytest.mark.parametrize("seed", range(4))
async def test_undo_to_equality_whatever_came_between(store: Database, seed: int) -> None:
    """Events and decisions of all kinds in a random order; all decisions undone: as if nobody had ever decided."""
    rng = random.Random(seed)
    world = World(_WORLD)
    events = read([*world.reference_events(), *(event for event, _ in world.events()), *hard_events()])
    rng.shuffle(events)
    committer = committer_of(store)
    await committer.commit([READER.claims(event) for event in events])
    expected = await invariants(store, VAULT)
    await wipe(store)

    agent = Agent(parts_of(store), rng)
    kinds: set[DecisionKind | None] = set()
    places = sorted(rng.sample(range(40, len(events)), 12))
    for start, end in zip([0, *places], [*places, len(events)], strict=True):
        await committer.commit([READER.claims(event) for event in events[start:end]])
        for _ in range(3):
            kinds.add(await agent.decide())
        await invariants(store, VAULT)
    assert len(kinds - {None}) >= 5
    await agent.undo_all()
    assert not difference(expected, await invariants(store, VAULT))


async def test_agents_and_intake_at_once_leave_the_same_as_one_after_another(
    store: Database, second_store: Database
) -> None:
    """Two processes take the events while agents of both decide; undone, it is as if nobody had ever decided."""
    rng = random.Random(9)
    world = World(_WORLD)
    events = read([*world.reference_events(), *(event for event, _ in world.events()), *hard_events()])
    await committer_of(store).commit([READER.claims(event) for event in events])
    expected = await invariants(store, VAULT)
    await wipe(store)

    agents = [Agent(parts_of(one), random.Random(n)) for n, one in enumerate((store, second_store))]
    await committer_of(store).commit([READER.claims(event) for event in events[:200]])

    async def take(database: Database, mine: list[Event]) -> None:
        for start in range(0, len(mine), 25):
            await committer_of(database).commit([READER.claims(event) for event in mine[start : start + 25]])

    async def decide(agent: Agent) -> None:
        for _ in range(8):
            await agent.decide()

    rest = rng.sample(events[200:], len(events) - 200)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(take(store, rest[::2]))
        tasks.create_task(take(second_store, [*rest[1::2], *rest[:20]]))
        for agent in agents:
            tasks.create_task(decide(agent))
    await invariants(store, VAULT)
    assert sum(len(agent.taken) for agent in agents) > 4
    await asyncio.gather(*(agent.undo_all() for agent in agents))
    assert not difference(expected, await invariants(store, VAULT))
