"""An agent's word on a golden field: before all rules, on one record, through merges and unmerges, until released."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput, NotFound
from graph.database import Database
from ingest.golden import overrides, survivors
from ingest.overrides import MOST_REMEMBERED, GoldenFields, Word, said
from ingest.records import RecordState
from matching.survivorship import default
from tests.core.building import READER, VAULT, committer_of, read
from tests.core.hard_cases import Raw, Teller, phone
from tests.core.invariants import invariants
from tests.core.snapshot import difference

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


def test_a_word_comes_before_all_rules_with_who_said_it_and_why() -> None:
    records = [record("a", given_name="Ann"), record("bb", given_name="Anna")]
    word = Word.of("given_name", "Annette", "eva", " passport seen ")
    [changed] = said(records, word, NOW)
    found = golden(records)["given_name"]
    assert (found["value"], found["source"], found["rule"]) == ("Annette", "agent", "agent")
    assert (found["actor"], found["reason"], found["record"]) == ("eva", "passport seen", changed.key)
    assert found["at"].startswith("2026-05-01")
    assert [other["value"] for other in found["rejected"]] == ["Anna", "Ann"]
    assert found["others"] == 2
    said(records, Word.of("given_name", "anna", "eva", "she said so"), NOW)
    assert [other["value"] for other in golden(records)["given_name"]["rejected"]] == ["Ann"]
    said(records, Word.of("birth_date", "1980-05-03", "eva", "passport seen"), NOW)
    assert golden(records)["birth_date"]["value"] == "1980-05-03"  # nobody else tells it
    assert "rejected" not in golden(records)["birth_date"]


def test_saying_it_again_and_releasing_it_again_change_nothing() -> None:
    records = [record("a", given_name="Ann"), record("bb", given_name="Anna")]
    before = golden(records)
    word = Word.of("given_name", "Annette", "eva", "passport")
    assert said(records, word, NOW)
    assert not said(records, word, NOW + timedelta(days=1))
    release = Word.of("given_name", None, "max", "wrong person")
    assert said(records, release, NOW)
    assert golden(records) == before
    assert not said(records, release, NOW)
    [history] = [r.overrides["given_name"] for r in records if r.overrides]
    assert [(entry["actor"], entry["released"]) for entry in history] == [("eva", False), ("max", True)]
    assert history[0]["at"] < history[1]["at"]  # though said at the same moment


def words() -> st.SearchStrategy[list[tuple[int, str, str | None]]]:
    one = st.tuples(st.integers(0, 2), st.sampled_from(FIELDS), st.sampled_from((None, "Xaver", "Yara")))
    return st.lists(one, max_size=8)


@given(words(), st.permutations(range(6)))
def test_what_was_merged_and_parted_again_is_what_it_was(
    told: list[tuple[int, str, str | None]], order: list[int]
) -> None:
    people = [[record(f"{n}{part}", given_name=f"G{n}", family_name="F") for part in "ab"] for n in range(3)]
    for step, (person, field, value) in enumerate(told):
        said(people[person], Word.of(field, value, "eva", "why"), NOW + timedelta(minutes=step))
    before = [golden(person) for person in people]
    joined = [r for person in people for r in person]
    whole = golden(joined)
    assert golden([joined[index] for index in order]) == whole
    assert [golden(person) for person in people] == before
    for field, (_, word) in overrides(joined).items():
        newest = [value for _, name, value in told if name == field and value is not None]
        assert whole[field]["value"] == word["value"]
        assert word["value"] in newest
    said(joined, Word.of("given_name", None, "eva", "why"), NOW + timedelta(days=1))
    assert all(golden(person)["given_name"]["rule"] != "agent" for person in people)


def test_the_history_is_bounded() -> None:
    records = [record("a")]
    for number in range(MOST_REMEMBERED + 5):
        said(records, Word.of("given_name", f"Ann{chr(97 + number)}", "eva", "again"), NOW)
    assert len(records[0].overrides["given_name"]) == MOST_REMEMBERED


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
        ("extra.", "x", "cannot be that|no golden field"),
    ],
)
def test_a_value_that_the_field_cannot_have(field: str, value: Any, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        Word.of(field, value, "eva", "why")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_a_word_wants_a_reason(reason: str) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        Word.of("given_name", "Ann", "eva", reason)


def test_a_value_is_read_as_an_event_would_be() -> None:
    assert Word.of("address", {"line1": "1 Elm Street", "city": "Rome"}, "eva", "why").value == {
        "line1": "1 Elm Street",
        "city": "Rome",
    }
    assert Word.of("extra.plan", "gold", "eva", "why").value == "gold"


def _told(given: str, id: str, minute: int, **identifiers: Any) -> list[Raw]:
    teller = Teller(f"over-{id}-{minute}")
    teller.identify("crm", id, minute, given=given, **identifiers)
    return teller.events


@pytest.mark.neo4j
async def test_it_goes_with_its_record_through_traffic_and_a_merge(store: Database) -> None:
    committer = committer_of(store)
    fields = GoldenFields(committer)

    async def take(events: list[Raw]) -> None:
        await committer.commit([READER.claims(event) for event in read(events)])

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
    word = Word.of("given_name", "Unity", "eva", "passport seen")
    assert await fields.say(una, word) == una
    assert await believed("u") == (una, "Unity")
    assert (await believed("v"))[1] is None
    before = await invariants(store, VAULT)
    await asyncio.gather(*(fields.say(una, word) for _ in range(3)))
    assert not difference(before, await invariants(store, VAULT))
    # v turns out to be Una: the word goes with her, and what her records tell later does not outdo it.
    await take(_told("Una", "u", 3, phone=phone(970)))
    await take(_told("Uma", "u", 4, payment_token="tok-over"))
    number, given = await believed("u")
    assert (number, given) == await believed("v") == (number, "Unity")
    assert await fields.say(una, Word.of("given_name", None, "max", "was a misreading")) == number
    assert await believed("u") == (number, "Uma")
    with pytest.raises(NotFound):
        await fields.say("CUST-0000-0000-0000", word)
    await invariants(store, VAULT)
