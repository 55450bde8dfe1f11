"""Numbers of persons: kept, given back to who had them, and never given twice."""

from __future__ import annotations

import re

from identity.customer_rows import Numbers, founded, numbers_of
from identity.record_state import RecordState
from identity.resolution import Resolution, resolve_people
from matching.policy import default
from matching.resolve import Guards
from tests.kit.building import VAULT


def strangers(*keys: str) -> Resolution:
    """A person for each record, none of whom was anybody before."""
    return resolve_people({key: RecordState(key, "till") for key in keys}, default(), Guards.ON, lambda: "new")


def retired(key: str) -> dict[str, dict[str, str]]:
    return {founded(VAULT, key): {"status": "retired", "createdAt": "2026-01-01"}}


def test_a_new_person_has_the_number_that_its_first_record_founds() -> None:
    decision = strangers("b", "a")
    numbers = numbers_of(decision, {}, {}, VAULT)
    assert numbers == Numbers([founded(VAULT, person.records[0].key) for person in decision.persons], [])
    assert len(set(numbers.of)) == 2
    assert all(re.fullmatch(r"CUST(-[0-9A-Z]{4}){3}", number) for number in numbers.of)


def test_somebody_who_was_merged_away_gets_the_number_back() -> None:
    numbers = numbers_of(strangers("a"), retired("a"), {}, VAULT)
    assert numbers == Numbers([founded(VAULT, "a")], [founded(VAULT, "a")])


def test_the_number_that_a_record_had_before_comes_first() -> None:
    had = {"a": "CUST-OLD"}
    known = {"CUST-OLD": {"status": "retired", "createdAt": "2025-01-01"}} | retired("a")
    assert numbers_of(strangers("a"), known, had, VAULT).of == ["CUST-OLD"]


def test_a_number_that_is_in_use_is_given_to_nobody_else() -> None:
    known = {founded(VAULT, "a"): {"status": "active", "createdAt": "2026-01-01"}}
    numbers = numbers_of(strangers("a"), known, {}, VAULT)
    assert numbers.of[0] not in known
    assert numbers.revived == []
    two = numbers_of(strangers("a", "b"), retired("a"), {"b": founded(VAULT, "a")}, VAULT)
    assert len(set(two.of)) == 2
