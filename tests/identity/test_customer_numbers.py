"""Numbers of persons: kept, given back to who had them, and never given twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from identity.customer_numbers import Numbers, founded, numbers_of
from identity.record_state import RecordState
from identity.resolution import Resolution, resolve_people
from matching.policy import default
from matching.resolve import Guards
from tests.kit.building import VAULT

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def strangers(*keys: str) -> Resolution:
    """A person for each record, none of whom was anybody before."""
    return resolve_people({key: RecordState(key, "till") for key in keys}, default(), Guards.ON, lambda: "new")


def retired(key: str) -> dict[str, dict[str, str]]:
    return {founded(VAULT, key): {"status": "retired", "createdAt": "2026-01-01"}}


def numbers(found: Numbers) -> list[str]:
    return [number for number, _ in found.people]


def test_a_new_person_has_the_number_that_its_first_record_founds() -> None:
    found = numbers_of(strangers("b", "a"), VAULT, {}, {}, NOW)
    assert [number for number, _ in found.people] == [founded(VAULT, p.records[0].key) for _, p in found.people]
    assert len(set(numbers(found))) == 2
    assert all(re.fullmatch(r"CUST(-[0-9A-Z]{4}){3}", number) for number in numbers(found))
    assert found.revived == ()


def test_somebody_who_was_merged_away_gets_the_number_back() -> None:
    found = numbers_of(strangers("a"), VAULT, retired("a"), {}, NOW)
    assert (numbers(found), found.revived) == ([founded(VAULT, "a")], (founded(VAULT, "a"),))


def test_of_two_numbers_to_come_back_the_older_one_does() -> None:
    known = {"CUST-OLD": {"status": "retired", "createdAt": "2025-01-01"}} | retired("a")
    assert numbers(numbers_of(strangers("a"), VAULT, known, {"a": "CUST-OLD"}, NOW)) == ["CUST-OLD"]


def test_a_number_that_is_in_use_is_given_to_nobody_else() -> None:
    known = {founded(VAULT, "a"): {"status": "active", "createdAt": "2026-01-01"}}
    found = numbers_of(strangers("a"), VAULT, known, {}, NOW)
    assert numbers(found)[0] not in known
    assert found.revived == ()
    two = numbers_of(strangers("a", "b"), VAULT, retired("a"), {"b": founded(VAULT, "a")}, NOW)
    assert len(set(numbers(two))) == 2
