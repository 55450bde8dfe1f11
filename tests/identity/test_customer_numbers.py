"""Every person has a number, nobody has two, and who was somebody before gets that number back."""

from __future__ import annotations

from graph.store.database import Row
from identity.customer_numbers import founded, number_people, numbers_of
from identity.record_state import CustomerRef, RecordState
from identity.resolution import Person, Resolution
from matching.records import Cluster
from tests.kit.building import VAULT
from tests.kit.recorded import Recorded


def person(*keys: str, number: str | None = None, was: str | None = None) -> Person:
    customer = CustomerRef(was, "2026-01-01T00:00:00Z", None) if was else None
    return Person(tuple(RecordState(key, "crm", customer=customer) for key in keys), Cluster(keys), number)


def retired(number: str, day: int = 1) -> Row:
    return {"number": number, "status": "retired", "createdAt": f"2026-01-{day:02}T00:00:00Z"}


async def test_a_new_person_founds_a_number_and_the_store_is_not_asked() -> None:
    store = Recorded()
    resolution = Resolution([person("a", "b"), person("c", number="CUST-1")])
    numbers = await number_people(store.tx, resolution, VAULT, {})
    assert [number for number, _ in numbers.people] == [founded(VAULT, "a"), "CUST-1"]
    assert (numbers.revived, store.asked) == ((), [])


async def test_who_comes_apart_gets_the_oldest_of_his_old_numbers_back() -> None:
    old, older = founded(VAULT, "a"), founded(VAULT, "b")
    store = Recorded({"identity/retired_numbers": [retired(old, 9), retired(older, 2)]})
    resolution = Resolution([person("a", "b", was="CUST-1"), person("c", number="CUST-1", was="CUST-1")])
    numbers = await number_people(store.tx, resolution, VAULT, {})
    assert [number for number, _ in numbers.people] == [older, "CUST-1"]
    assert numbers.revived == (older,)
    assert store.parameters == [{"numbers": sorted((old, older))}]


def test_a_number_that_is_somebody_elses_is_not_given_again() -> None:
    mine = founded(VAULT, "a")
    alone = Resolution([person("a")])
    known: dict[str, Row] = {mine: {"number": mine, "status": "active", "createdAt": "2026-01-01T00:00:00Z"}}
    [(number, _)] = numbers_of(alone, VAULT, known, {}).people
    assert number != mine
    taken = Resolution([person("b", number=mine), person("a")])
    assert len({number for number, _ in numbers_of(taken, VAULT, {}, {}).people}) == 2
    both = Resolution([person("a"), person("c")])
    before = {"a": "CUST-9", "c": "CUST-9"}
    given = [number for number, _ in numbers_of(both, VAULT, {"CUST-9": retired("CUST-9")}, before).people]
    assert given == ["CUST-9", founded(VAULT, "c")]
