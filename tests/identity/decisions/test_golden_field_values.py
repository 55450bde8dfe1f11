"""An agent's word on a golden field: before all rules, on one record, through merges and unmerges, until released."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput, NotFound
from graph.decision_log import DecisionLog
from graph.store.database import Database
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.golden_field_values import valid
from identity.decisions.signed_decision import DecisionResult, Signed
from identity.field_overrides import FieldOverride, clock
from identity.read_model import survivors
from identity.record_state import RecordState
from matching.survivorship import default
from tests.kit.building import READER, VAULT, committer_of
from tests.kit.building import read as events_of
from tests.kit.hard_cases import Raw, Teller, phone
from tests.kit.invariants import invariants
from tests.kit.snapshot import difference

NOW = datetime(2026, 5, 1, tzinfo=UTC)
FIELDS = ("given_name", "family_name", "extra.plan")


def record(key: str, **traits: str) -> RecordState:
    state = RecordState(f"crm|{key}", "crm", known=True, first="2026-01-01", last="2026-01-01")
    state.traits = {
        name: [value, f"2026-01-0{1 + len(key) % 3}T00:00:00.000000Z|{key}"] for name, value in traits.items()
    }
    return state


def golden(records: list[RecordState]) -> dict[str, Any]:
    return survivors(records, default())


def said(records: list[RecordState], field: str, value: Any, reason: str = "why", *, at: int = 0) -> list[RecordState]:
    """The records on which an agent's word stands from now on, as the decision with this number."""
    word = FieldOverride(field, value, "eva", clock(NOW + timedelta(minutes=at)), reason)
    changed = [one for part in plans.override_field(records, word) for one in records if one.key == part.record]
    for one in changed:
        one.overrides[f"d{at:03}"] = word
    return changed


def test_a_word_comes_before_all_rules_with_who_said_it_and_why() -> None:
    records = [record("a", given_name="Ann"), record("bb", given_name="Anna")]
    [changed] = said(records, "given_name", "Annette", "passport seen")
    found = golden(records)["given_name"]
    assert (found["value"], found["source"], found["rule"]) == ("Annette", "agent", "agent")
    assert (found["actor"], found["reason"], found["record"]) == ("eva", "passport seen", changed.key)
    assert found["at"].startswith("2026-05-01")
    assert [other["value"] for other in found["rejected"]] == ["Anna", "Ann"]
    assert found["others"] == 2
    said(records, "given_name", "anna", "she said so", at=1)
    assert [other["value"] for other in golden(records)["given_name"]["rejected"]] == ["Ann"]
    said(records, "birth_date", "1980-05-03", at=2)
    assert golden(records)["birth_date"]["value"] == "1980-05-03"  # nobody else tells it
    assert "rejected" not in golden(records)["birth_date"]


def test_saying_it_again_and_releasing_it_again_change_nothing() -> None:
    records = [record("a", given_name="Ann"), record("bb", given_name="Anna")]
    before = golden(records)
    assert said(records, "given_name", "Annette")
    assert not said(records, "given_name", "Annette", at=1)
    assert said(records, "given_name", "Annette", "another reason", at=2)
    assert said(records, "given_name", None, at=3)
    assert golden(records) == before
    assert not said(records, "given_name", None, at=4)


def told() -> st.SearchStrategy[list[tuple[int, str, str | None]]]:
    one = st.tuples(st.integers(0, 2), st.sampled_from(FIELDS), st.sampled_from((None, "Xaver", "Yara")))
    return st.lists(one, max_size=8)


@given(told(), st.permutations(range(6)))
def test_what_was_merged_and_parted_again_is_what_it_was(
    told: list[tuple[int, str, str | None]], order: list[int]
) -> None:
    people = [[record(f"{n}{part}", given_name=f"G{n}", family_name="F") for part in "ab"] for n in range(3)]
    # What each of the three said last of a field, and when; saying it again is not saying it later.
    last: dict[tuple[str, int], tuple[int, str | None]] = {}
    for step, (person, field, value) in enumerate(told):
        if said(people[person], field, value, at=step):
            last[field, person] = (step, value)
    before = [golden(person) for person in people]
    joined = [r for person in people for r in person]
    whole = golden(joined)
    assert golden([joined[index] for index in order]) == whole
    assert [golden(person) for person in people] == before
    for field in FIELDS:
        standing = [one for (name, _), one in last.items() if name == field and one[1] is not None]
        held = whole[field]["value"] if whole.get(field, {}).get("rule") == "agent" else None
        assert held == (max(standing)[1] if standing else None)
    said(joined, "given_name", None, at=99)
    assert all(golden(person)["given_name"]["rule"] != "agent" for person in people)


@pytest.mark.parametrize("decision", range(3))
def test_without_a_decision_it_is_as_if_it_had_never_been(decision: int) -> None:
    def records(*steps: int) -> list[RecordState]:
        found = [record("a", given_name="Ann"), record("bb", given_name="Anna")]
        for step in steps:
            said(found, "given_name", ("Annette", None, "Anita")[step], at=step)
        return found

    undone = records(0, 1, 2)
    for one in undone:
        one.overrides.pop(f"d{decision:03}", None)
    # Without its first word there would have been nothing to release; a release alone says nothing.
    assert golden(undone) == golden(records(*({0, 1, 2} - {decision})))


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("shoe_size", "44", "no golden field"),
        ("extra", {"a": "b"}, "no golden field"),
        ("birth_date", "yesterday", "birth_date cannot be that"),
        ("address", "1 Elm Street", "address cannot be that"),
        ("address", {"street": "1 Elm Street"}, "address cannot be that"),
        ("given_name", 7, "given_name cannot be that"),
        ("given_name", "", "empty|cannot be that"),
        ("extra.email", "x", "email"),
        ("extra.phone", "12", "phone"),
        ("extra.", "x", "cannot be that|no golden field"),
    ],
)
def test_a_value_that_the_field_cannot_have(field: str, value: Any, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        valid(field, value, "US")


def test_a_value_is_read_as_an_event_would_be() -> None:
    assert valid("address", {"line1": "1 Elm Street", "city": "Rome"}, "US") == {
        "line1": "1 Elm Street",
        "city": "Rome",
    }
    assert valid("extra.plan", "gold", "US") == "gold"
    assert valid("extra.email", "Ann@x.example", "US") == "ann@x.example"
    assert valid("extra.phone", "(212) 555-0142", "US") == "+12125550142"


def _told(given: str, id: str, minute: int, **identifiers: Any) -> list[Raw]:
    teller = Teller(f"over-{id}-{minute}")
    teller.identify("crm", id, minute, given=given, **identifiers)
    return teller.events


@pytest.mark.neo4j
async def test_it_goes_with_its_record_through_traffic_and_a_merge(store: Database) -> None:
    committer = committer_of(store)
    decisions = AgentDecisions(committer.parts)

    async def say(number: str, value: str | None, reason: str = "passport seen") -> DecisionResult:
        return await decisions.override_field(number, "given_name", value, Signed("eva", reason))

    async def take(events: list[Raw]) -> None:
        await committer.commit([READER.claims(event) for event in events_of(events)])

    async def believed(id: str) -> tuple[str, str | None]:
        [row] = await store.read_text(
            "MATCH (:SourceRecord {key: $key})-[:RESOLVED_TO]->(c) RETURN c.number AS number, c.sealed AS sealed",
            operation="test",
            key=READER.record_key("crm", id),
        )
        found = VAULT.open(row["number"], row["sealed"])
        return row["number"], found["given_name"]["value"] if "given_name" in found else None

    await take([*_told("Una", "u", 1, email="u@over.example"), *_told("", "v", 2, phone=phone(970))])
    una, _ = await believed("u")
    nobody_said = await invariants(store, VAULT)
    first = await say(una, "Unity")
    assert [person.number for person in first.people] == [una]
    assert await believed("u") == (una, "Unity")
    assert (await believed("v"))[1] is None
    before = await invariants(store, VAULT)
    again = await asyncio.gather(*(say(una, "Unity") for _ in range(3)))
    assert [(one.id, one.people) for one in again] == [(None, first.people)] * 3
    assert not difference(before, await invariants(store, VAULT))
    assert first.id is not None
    undone = await decisions.undo(first.id, Signed("max", "not hers"))
    assert not difference(nobody_said, await invariants(store, VAULT))
    await decisions.undo(undone.id or "", Signed("max", "hers after all"))
    assert not difference(before, await invariants(store, VAULT))
    # v turns out to be Una: the word goes with her, and what her records tell later does not outdo it.
    await take(_told("Una", "u", 3, phone=phone(970)))
    await take(_told("Uma", "u", 4, payment_token="tok-over"))
    number, given = await believed("u")
    assert (number, given) == await believed("v") == (number, "Unity")
    released = await say(una, None, "was a misreading")
    assert [person.number for person in released.people] == [number]
    assert await believed("u") == (number, "Uma")
    assert released.id is not None
    await decisions.undo(released.id, Signed("max", "it was right"))
    assert await believed("u") == (number, "Unity")
    kinds = [row["kind"] for row in await DecisionLog(store).page(None, 10)]
    assert kinds == ["undo", "release_field", "redo", "undo", "set_field"]
    with pytest.raises(NotFound):
        await say("CUST-0000-0000-0000", "Unity")
    await invariants(store, VAULT)
