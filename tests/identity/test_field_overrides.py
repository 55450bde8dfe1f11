"""What an agent said of a golden field holds until it is released: the newest of what the newest decisions say."""

from __future__ import annotations

from datetime import datetime

from identity.field_overrides import FieldOverride, clock, standing


def said(value: str | None, field: str = "given_name") -> FieldOverride:
    return FieldOverride(field, value, "kim", "2026", "heard it")


def values(*records: dict[str, FieldOverride]) -> dict[str, tuple[str, str]]:
    """Field → the record that it stands on, and the value."""
    found = standing((f"r{place}", overrides) for place, overrides in enumerate(records))
    return {field: (record, override.value) for field, (record, override) in found.items()}


def test_the_newest_decision_about_a_record_counts() -> None:
    assert values({"d1": said("Ann"), "d2": said("Anna")}) == {"given_name": ("r0", "Anna")}
    assert values({"d1": said("Ann"), "d2": said(None)}) == {}


def test_of_several_records_the_newest_word_counts() -> None:
    assert values({"d1": said("Ann")}, {"d2": said("Anna")}) == {"given_name": ("r1", "Anna")}
    assert values({"d2": said("Anna")}, {"d1": said("Ann")}) == {"given_name": ("r0", "Anna")}


def test_a_release_on_one_record_leaves_what_stands_on_another() -> None:
    assert values({"d1": said("Ann"), "d3": said(None)}, {"d2": said("Anna")}) == {"given_name": ("r1", "Anna")}


def test_fields_are_apart() -> None:
    both = values({"d1": said("Ann"), "d2": said("Bell", "family_name")})
    assert both == {"given_name": ("r0", "Ann"), "family_name": ("r0", "Bell")}


def test_times_sort_as_text_whatever_their_zone() -> None:
    early, late = datetime.fromisoformat("2026-01-01T12:00:00+02:00"), datetime.fromisoformat("2026-01-01T11:00:00Z")
    assert clock(early) == "2026-01-01T10:00:00.000000Z" < clock(late)
