"""The one operation: what it costs, that it changes nothing before it writes, and what it tells the feed."""

from __future__ import annotations

from copy import deepcopy
from typing import cast

from graph.store.database import Database
from identity import repartition
from identity.customer_numbers import RETURNING, founded
from identity.customer_rows import PEOPLE
from identity.inheritance import Inheritance
from identity.record_state import Carried, CustomerRef, RecordState
from identity.repartition import Cause
from matching.policy import default
from matching.resolve import Guards
from tests.kit.building import VAULT, parts_of
from tests.kit.recorded import Recorded

PARTS = parts_of(cast(Database, None))
AGENT = Cause("eva", "decided: merge", "d1")
OLD, NEW = "CUST-OLD", "CUST-NEW"


def record(key: str, number: str | None = None, *emails: str) -> RecordState:
    state = RecordState(key, "crm", known=True, first="2026-01-01", last="2026-01-01")
    for email in emails:
        state.identifiers[f"email:{email}"] = Carried("email", False, False, "2026-01-01", "2026-01-01")
    if number is not None:
        age = "2026-01-01T00:00:00Z" if number == OLD else "2026-02-01T00:00:00Z"
        state.customer, state.component = CustomerRef(number, age, None), f"k-{number}"
    return state


def pool_of(*records: RecordState) -> dict[str, RecordState]:
    return {state.key: state for state in records}


async def test_people_who_come_together_are_one_round_trip() -> None:
    store = Recorded()
    pool = pool_of(record("crm|a", OLD, "a"), record("crm|b", NEW, "a"))
    outcome = await repartition.repartition(store.tx, PARTS, pool, AGENT)
    assert store.asked == [PEOPLE[0]]
    assert [number for number, _ in outcome.people] == [OLD]
    assert outcome.changed_numbers() == {OLD, NEW}
    batch = store.parameters[0]["batch"]
    assert [(row["number"], row["into"]) for row in batch["retired"]] == [(NEW, OLD)]
    assert [(row["record"], row["number"]) for row in batch["resolved"]] == [("crm|b", OLD)]
    assert [(row["kind"], row["actor"]) for row in batch["changes"]] == [("merged", "eva")]
    assert batch["decision"] == "d1"
    assert batch["emptied"] == ["k-CUST-OLD"]
    assert {state.component for state in pool.values()} == {"k-CUST-NEW"}, "of equals the first by name"


async def test_who_comes_apart_may_get_an_old_number_back_and_that_is_asked() -> None:
    store = Recorded({RETURNING[0]: [{"known": [], "former": []}]})
    pool = pool_of(record("crm|a", OLD), record("crm|b", OLD), record("crm|c", OLD))
    inheritance = Inheritance({"crm|b": 2}, {"crm|a": NEW})
    outcome = await repartition.repartition(store.tx, PARTS, pool, AGENT, inheritance=inheritance)
    assert store.asked == [RETURNING[0], PEOPLE[0]]
    assert {NEW, founded(VAULT, "crm|c")} < set(store.parameters[0]["batch"]["numbers"])
    numbers = {person.records[0].key: number for number, person in outcome.people}
    assert numbers == {"crm|a": NEW, "crm|b": OLD, "crm|c": founded(VAULT, "crm|c")}


async def test_nothing_changes_before_it_is_written() -> None:
    store = Recorded()
    pool = pool_of(record("crm|a", OLD, "a"), record("crm|b", None, "a"))
    before = deepcopy(pool)
    resolution = await repartition.resolve(PARTS, pool)
    outcome = await repartition.number(store.tx, PARTS, pool, resolution)
    assert pool == before
    assert store.asked == []
    assert outcome.changed_numbers() == {OLD}
    await repartition.write(store.tx, PARTS, outcome, AGENT)
    assert pool["crm|b"].component == "k-CUST-OLD"
    assert pool["crm|b"].touched


async def test_records_outside_the_pool_only_count() -> None:
    """The short way: a known guest's next order, whose siblings nobody reads."""
    store = Recorded()
    outside = record("crm|a", OLD, "a")
    outside.stats.span([("grill", "2026-03-01T00:00:00Z")])
    outcome = await repartition.number(store.tx, PARTS, {}, await repartition.resolve(PARTS, {}))
    await repartition.write(
        store.tx, PARTS, outcome, repartition.INTAKE, touched={"crm|a"}, records=pool_of(outside), tokens={"t": [1]}
    )
    batch = store.parameters[0]["batch"]
    assert [row["number"] for row in batch["customers"]] == [OLD]
    assert "nameDisplay" not in batch["customers"][0]["props"]
    assert [row["key"] for row in batch["records"]] == ["crm|a"]
    assert (batch["resolved"], batch["changes"], batch["t"]) == ([], [], [1])


def test_a_bulk_load_makes_the_rows_that_intake_would_make() -> None:
    pool = pool_of(record("crm|a", None, "a"), record("crm|b", None, "a"), record("crm|c", None, "c"))
    outcome = repartition.first_partition(pool, default(), Guards.ON, VAULT)
    rows = repartition.rows(outcome, repartition.INTAKE, VAULT, PARTS.read_model, touched=pool.keys())
    assert len(rows["customers"]) == len(rows["created"]) == 2
    assert {row["number"] for row in rows["customers"]} == {founded(VAULT, "crm|a"), founded(VAULT, "crm|c")}
    assert {row["props"]["component"] for row in rows["records"]} == set(rows["created"])
    assert [row["kind"] for row in rows["changes"]] == ["created", "created"]
