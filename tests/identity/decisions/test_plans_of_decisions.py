"""What a decision says of which records, and what can be no decision. No store needed."""

from __future__ import annotations

import pytest

from domain.errors import InvalidInput
from identity.decisions import plans
from identity.decisions.plans import People, RulingPart
from identity.field_overrides import FieldOverride
from identity.record_state import Carried, CustomerRef, RecordState
from matching.policy import default
from matching.records import Identifier
from matching.rulings import Ruling, RulingRule

JOIN, APART, LOCK, FIELD = RulingRule.JOIN, RulingRule.APART, RulingRule.LOCK, RulingRule.FIELD


def record(key: str, customer: str | None, *emails: str, name: str = "") -> RecordState:
    state = RecordState(key, "till", known=True, first="2026-01-01")
    for email in emails:
        state.identifiers[email] = Carried("email", False, False, "2026-01-01", "2026-01-01")
    if name:
        state.traits["given_name"] = [name, "2026"]
    if customer is not None:
        state.customer = CustomerRef(customer, "2026-01-01T00:00:00Z", None)
    return state


def people(*records: RecordState, **numbers: str) -> People:
    named = {r.customer.number: r.customer.number for r in records if r.customer}
    return People({r.key: r for r in records}, named | numbers)


ANN = (record("a1", "A", "ann"), record("a2", "A", "ann", name="Ann"), record("b1", "B", "bob"))


def test_a_merge_rests_on_the_best_described_records() -> None:
    assert list(plans.merge(people(*ANN), ["A", "B"])) == [RulingPart("a2", JOIN), RulingPart("b1", JOIN)]
    with pytest.raises(InvalidInput, match="one customer already"):
        plans.merge(people(*ANN, OLD="A"), ["A", "OLD"])


def test_a_join_takes_along_what_would_fall_out_of_it() -> None:
    four = (
        record("a1", "A", "ann", "work", name="Ann"),
        record("a2", "A", "ann"),
        record("b1", "B", "bob", "firm", name="Bob"),
        record("b2", "B", "bob"),
    )
    for key, born in (("a2", "1990-05-01"), ("b2", "1961-12-24")):
        next(one for one in four if one.key == key).traits["birth_date"] = [born, "2026"]
    everybody = people(*four)
    parts = tuple(plans.merge(everybody, ["A", "B"]))
    added = [part.record for part in plans.whole(everybody, parts, default())[len(parts) :]]
    assert len(added) == 1, "one of the two birth dates would leave"
    alone = tuple(plans.merge(people(*ANN), ["A", "B"]))
    assert plans.whole(people(*ANN), alone, default()) == [*alone], "all are together as it is"
    one = (RulingPart("a1", JOIN), RulingPart("a2", JOIN))
    assert plans.whole(everybody, one, default()) is one, "no two customers are joined"
    moved = tuple(plans.move(everybody, "a2", "B"))
    assert "a1" not in {part.record for part in plans.whole(everybody, moved, default()) if part.rule is JOIN}


def test_unmerged_records_are_one_person_apart_from_the_rest() -> None:
    three = (*ANN[:2], record("a3", "A"))
    parts = list(plans.unmerge(people(*three), "A", ["a3", "a2"]))
    assert [part for part in parts if part.rule is JOIN] == [RulingPart("a2", JOIN), RulingPart("a3", JOIN)]
    sides = {part.record: part.side for part in parts if part.rule is APART}
    assert sides["a2"] == sides["a3"] != sides["a1"]
    for records in ([], ["a1", "a2", "a3"]):
        with pytest.raises(InvalidInput, match="not all of them"):
            plans.unmerge(people(*three), "A", records)
    with pytest.raises(InvalidInput, match="1 of the named records"):
        plans.unmerge(people(*ANN), "A", ["b1"])


def test_an_identifier_parts_those_whom_only_it_holds() -> None:
    held = (record("a1", "A", "x", "y"), record("a2", "A", "x", "y"), record("a3", "A", "x"))
    parts = plans.unmerge_by(people(*held), "A", Identifier("email", "x"), default())
    sides = {part.record: part.side for part in parts}
    assert sides["a1"] == sides["a2"] != sides["a3"]
    with pytest.raises(InvalidInput, match="one person still"):
        plans.unmerge_by(people(*held), "A", Identifier("email", "y"), default())
    with pytest.raises(InvalidInput, match="carries"):
        plans.unmerge_by(people(*held), "A", Identifier("email", "z"), default())


def test_a_moved_record_leaves_its_old_customer() -> None:
    parts = list(plans.move(people(*ANN), "a1", "B"))
    assert parts[:2] == [RulingPart("a1", JOIN), RulingPart("b1", JOIN)]
    assert [(part.record, part.rule) for part in parts[2:]] == [("a1", APART), ("a2", APART)]
    assert parts[2].side != parts[3].side
    with pytest.raises(InvalidInput, match="already"):
        plans.move(people(*ANN), "a1", "A")


def test_sides_share_no_record() -> None:
    assert {part.side for part in plans.never_match(people(*ANN), [["a1"], ["b1"]])} == {0, 1}
    for sides in ([["a1"]], [["a1", "b1"], ["b1"]]):
        with pytest.raises(InvalidInput):
            plans.never_match(people(*ANN), sides)
    with pytest.raises(InvalidInput):
        plans.must_match(people(*ANN), ["a1", "a1"])


def test_nothing_moves_a_locked_customer() -> None:
    locked = record("a1", "A")
    locked.rulings = {Ruling("d1", LOCK)}
    everybody = people(locked, record("b1", "B"))
    assert everybody.locked_by("A") == "d1"
    for decide in (
        lambda: plans.merge(everybody, ["A", "B"]),
        lambda: plans.move(everybody, "b1", "A"),
        lambda: plans.must_match(everybody, ["a1", "b1"]),
        lambda: plans.lock(everybody, "A"),
    ):
        with pytest.raises(InvalidInput, match="locked"):
            decide()
    assert plans.lock(everybody, "B") == [RulingPart("b1", LOCK)]


def test_a_release_stands_on_every_record_that_a_word_stands_on() -> None:
    said = FieldOverride("given_name", "Anna", "kim", "2026", "heard it")
    one, other, third = record("a1", "A"), record("a2", "A", name="Ann"), record("a3", "A")
    assert list(plans.override_field([one, other], said)) == [RulingPart("a2", FIELD)]
    one.overrides, third.overrides = {"d1": said}, {"d1": said}
    assert list(plans.override_field([one, other, third], said)) == []
    release = FieldOverride("given_name", None, "kim", "2027", "wrong")
    assert list(plans.override_field([one, other, third], release)) == [
        RulingPart("a1", FIELD),
        RulingPart("a3", FIELD),
    ]
