"""First and last visits follow the orders as they are now; rfm, recency segments and the journey agree about them."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from graph.store.database import Database
from tests.kit.building import READER, VAULT, committer_of, read
from tests.kit.hard_cases import Raw, Teller, phone, subject
from tests.kit.invariants import invariants
from tests.kit.segment_guests import save
from tests.kit.story import NOW, Story, order, person

pytestmark = pytest.mark.neo4j
_MEMBERS = "query($id: ID!) { segment(id: $id) { members(first: 100) { edges { node { number } } } } }"
ANN, BOB = subject("ann", given="Ann", phone=phone(1)), subject("bob", given="Bob", phone=phone(2))
_SPAN = """
MATCH (:SourceRecord {key: $key})-[:RESOLVED_TO]->(c:Customer)
RETURN toString(c.firstVisitAt) AS first, toString(c.lastVisitAt) AS last
"""
_ASKED = """query($phone: String!) {
  customer(by: {phone: $phone}) {
    number rfm { visits lastVisitAt daysSinceLastVisit } lastVisits(first: 1) { at }
    journey(first: 50) { edges { node { at } } }
  }
}"""


async def members(story: Story, segment: str) -> set[str]:
    found = await story.ask(_MEMBERS, id=segment)
    return {edge["node"]["number"] for edge in found["segment"]["members"]["edges"]}


async def take(store: Database, *events: Raw) -> None:
    for event in read(events):
        await committer_of(store).commit([READER.claims(event)])
    await invariants(store, VAULT)


async def span(store: Database, id_: str) -> tuple[str | None, str | None]:
    [row] = await store.read_text(_SPAN, operation="test", key=READER.record_key("till", id_))
    return row["first"] and row["first"][:10], row["last"] and row["last"][:10]


def day(number: int) -> int:
    """Minutes from 5 January 2026 to a later day."""
    return number * 24 * 60


async def test_an_order_placed_with_a_guest_and_completed_without_one_is_a_visit(store: Database) -> None:
    teller = Teller("placed")
    await take(
        store,
        teller.order("placed", "till", "O1", ANN, "10.00", at=day(1)),
        teller.order("completed", "till", "O1", None, "10.00", at=day(2)),
    )
    assert await span(store, "ann") == ("2026-01-07", "2026-01-07")


async def test_a_visit_follows_its_order_to_another_day_and_guest(store: Database) -> None:
    teller = Teller("moved")
    await take(
        store,
        teller.order("completed", "till", "O1", ANN, "10.00", at=day(1)),
        teller.order("completed", "till", "O2", ANN, "10.00", at=day(9)),
        teller.order("completed", "till", "O2", ANN, "10.00", at=day(4), revision=1),
    )
    assert await span(store, "ann") == ("2026-01-06", "2026-01-09"), "to an earlier day, by its revision"
    await take(store, teller.order("completed", "till", "O2", BOB, "10.00", at=day(5), revision=2))
    assert await span(store, "ann") == ("2026-01-06", "2026-01-06")
    assert await span(store, "bob") == ("2026-01-10", "2026-01-10")


async def test_a_cancelled_order_is_no_visit_when_others_are_asked(store: Database) -> None:
    teller = Teller("cancelled")
    await take(
        store,
        teller.order("completed", "till", "O1", ANN, "10.00", at=day(1)),
        teller.order("completed", "till", "O2", ANN, "10.00", at=day(4)),
        teller.cancel("till", "O1", at=day(5)),
    )
    assert await span(store, "ann") == ("2026-01-09", "2026-01-09")
    await take(store, teller.order("completed", "till", "O2", ANN, "10.00", at=day(6), revision=1))
    assert await span(store, "ann") == ("2026-01-11", "2026-01-11"), "the other orders of the record were asked"


async def test_a_customer_of_several_records_gives_a_last_visit_back(store: Database) -> None:
    teller = Teller("several")
    await take(
        store,
        teller.order("completed", "till", "O1", ANN, "10.00", at=day(1)),
        teller.order("completed", "web", "O2", subject("w", phone=phone(1)), "10.00", at=day(2)),
        teller.order("completed", "till", "O3", ANN, "10.00", at=day(9)),
        teller.order("completed", "till", "O3", BOB, "10.00", at=day(10)),
    )
    assert await span(store, "ann") == ("2026-01-06", "2026-01-07")


async def test_a_clock_that_runs_ahead_does_not_stick(store: Database) -> None:
    teller = Teller("ahead")
    wrong = teller.order("completed", "till", "O1", ANN, "10.00")
    wrong["at"] = "2126-01-06T12:00:00Z"
    await take(store, wrong)
    assert await span(store, "ann") == (f"{datetime.now(UTC):%Y-%m-%d}",) * 2
    await take(store, teller.order("completed", "till", "O1", ANN, "10.00", at=day(1)))
    assert await span(store, "ann") == ("2026-01-06", "2026-01-06")
    wrong = teller.order("completed", "till", "O1", ANN, "99.00")
    wrong["at"] = "2126-01-07T12:00:00Z"
    await take(store, wrong)
    assert await span(store, "ann") == ("2026-01-06", "2026-01-06"), "not even sent again"


@pytest.mark.parametrize("seed", range(2))
async def test_spans_follow_whatever_is_said_of_orders(store: Database, seed: int) -> None:
    """The invariants compare the spans with the transactions, after each of many corrections in random batches."""
    rng = random.Random(seed)
    teller = Teller("random")
    for _ in range(40):
        who = rng.choice((None, ANN, BOB, subject("w", phone=phone(1))))
        place = {"brand": rng.choice(("grill", "cafe")), "at": day(rng.randrange(20)), "revision": rng.randrange(3)}
        teller.order(
            rng.choice(("placed", "completed")),
            "till",
            f"O{rng.randrange(6)}",
            who,
            rng.choice(("10.00", "25.50")),
            **place,
        )
    claims = [READER.claims(event) for event in read(teller.events)]
    committer = committer_of(store)
    while claims:
        size = rng.randint(1, 6)
        await committer.commit(claims[:size])
        claims = claims[size:]
        await invariants(store, VAULT)


async def test_rfm_segments_and_journey_agree(story: Story) -> None:
    eve = person("Eve", "Diaz", phone="+12125550188")
    bob = person("Bob", "Roe", phone="+12125550189")
    await story.take(
        order("05T12:00", "v-1", "pasta", "10.00", eve),
        order("20T12:00", "v-2", "pasta", "10.00", eve),
        order("25T12:00", "v-2", "pasta", "10.00", bob),
        order("08T12:00", "v-3", "pasta", "10.00", eve, type="order.placed"),
    )
    late: dict[str, Any] = order("09T12:00", "v-3", "pasta", "10.00", eve)
    del late["subject"]
    await story.take(late)
    days = (NOW - datetime.fromisoformat("2026-03-09T12:00:00+01:00")).days
    found = (await story.ask(_ASKED, phone="+12125550188"))["customer"]
    visits = [edge["node"]["at"] for edge in found["journey"]["edges"]]
    assert (
        found["rfm"].pop("lastVisitAt") == f"{datetime.fromisoformat(visits[-1]).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    )
    assert found["rfm"] == {"visits": 2, "daysSinceLastVisit": days}
    assert found["lastVisits"] == [{"at": visits[-1]}]
    lately = await save(story, {"recency": {"minDays": days, "maxDays": days}})
    assert found["number"] in await members(story, lately)
