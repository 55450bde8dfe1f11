"""Findings are about the person, and tell what is doubtful of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Identifier, Record, components, default
from matching.cluster_findings import FindingKind, findings
from matching.explain import ResolvedComponents
from tests.matching.strategies import record_lists, scored_record_lists

PHONE, MAIL, CARD, DEVICE = (
    Identifier(kind, "1") for kind in ("phone", "email", "loyalty_card", "device_id")
)  # fmt: skip


def decided(
    records: list[Record], *out: Identifier, blocked: dict[str, frozenset[Identifier]] | None = None
) -> ResolvedComponents:
    return ResolvedComponents(records, out, default(), blocked)


def record(key: str, *identifiers: Identifier, given: str = "", **more: object) -> Record:
    return Record(key, frozenset(identifiers), given, **more)  # pyright: ignore[reportArgumentType]


@settings(max_examples=60, deadline=None)
@given(st.one_of(record_lists(), scored_record_lists()))
def test_every_finding_is_about_the_person(records: list[Record]) -> None:
    told = decided(records)
    for key in told.records:
        members = told.person(key).members
        for finding in findings(told, members):
            parts = [set(part) for part in finding.parts]
            match finding.kind:
                case FindingKind.COLLAPSE:
                    one, other = parts
                    assert one
                    assert other
                    assert one | other == set(members)
                    assert finding.bits == pytest.approx(sum(s.bits for s in finding.cut))
                case FindingKind.WEAK_BRIDGE:
                    assert finding.identifier is not None
                    if told.scored:
                        continue
                    mine = [replace(told.records[one], tokens=frozenset()) for one in members]
                    left = components(mine, [finding.identifier], default())
                    assert sorted(sorted(r.key for r in part) for part in left) == sorted(map(sorted, parts))
                case FindingKind.OVERUSED:
                    assert finding.people > 1
                case FindingKind.SEVERAL:
                    pytest.fail("no record of these names several people")


def test_a_record_of_several_people_is_alone_and_the_first_finding() -> None:
    told = decided([record("bob", CARD, PHONE, given="Robert"), record("all", CARD, PHONE, several=True)])
    assert not told.one_person(["bob", "all"])
    first, *_ = findings(told, ["all"])
    assert (first.kind, first.parts) == (FindingKind.SEVERAL, (("all",),))
    assert FindingKind.SEVERAL not in {one.kind for one in findings(told, ["bob"])}
    assert [one.rule for one in told.obstacles("bob", "all")] == ["NAMES_SEVERAL_PEOPLE"]


def test_a_card_that_two_use_is_a_collapse_and_the_cut_takes_it_from_the_fewer() -> None:
    bob = [record(f"bob{n}", CARD, PHONE, given="Robert") for n in range(3)]
    mary = record("mary", CARD, given="Mary")
    told = decided([*bob, mary])
    assert told.one_person(["bob0", "mary"])
    assert [o.rule for o in told.overruled(["bob0"], ["mary"])] == ["GIVEN_NAMES_DIFFER"]
    [collapse, bridge] = findings(told, told.person("mary").members)
    assert (collapse.kind, collapse.parts) == (FindingKind.COLLAPSE, (("bob0", "bob1", "bob2"), ("mary",)))
    assert [(s.record, s.identifier) for s in collapse.cut] == [("mary", CARD)]
    assert collapse.mends
    assert (bridge.kind, bridge.identifier) == (FindingKind.WEAK_BRIDGE, CARD)


def test_one_name_throughout_is_healthy() -> None:
    told = decided([record(f"r{n}", PHONE, given="Ann") for n in range(4)])
    assert findings(told, told.person("r0").members) == []
