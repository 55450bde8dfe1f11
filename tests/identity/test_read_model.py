"""The read model is a function of the set of records: the newest claim survives, the strictest consent holds."""

from __future__ import annotations

from itertools import permutations

import orjson
import pytest

from domain.stats import Contribution
from identity.read_model import ReadModel, name_key, open_brands, strictest, survivors
from identity.record_state import RecordState
from loyalty.programme.programme import programme
from loyalty.programme.programmes import Programmes
from matching.survivorship import default
from tests.kit.building import VAULT


def record(key: str, first: str, **traits: tuple[str, str]) -> RecordState:
    state = RecordState(f"{key}|{key}", key, first=first, last=first)
    state.traits = {name: [value, f"{clock}|{key}"] for name, (value, clock) in traits.items()}
    return state


def three() -> list[RecordState]:
    crm = record("crm", "2026-01-03", given_name=("Ann", "2026-01-03"), language=("nl", "2026-05-01"))
    till = record("till", "2026-01-01", given_name=("Anne", "2026-03-01"))
    web = record("web", "2026-01-02", given_name=("Anna", "2026-02-01"), family_name=("Bell", "2026-02-01"))
    crm.consents = {"email": [True, "2026-06-01|x"], "sms": [False, "2026-01-05|x"]}
    till.consents = {"email": [False, "2026-01-01|y"], "sms": [False, "2026-02-05|y"]}
    web.consents = {"email": [True, "2026-07-01|z"], "push": [True, "2026-07-01|z"]}
    till.stats.apply(Contribution("cafe", "web", "USD", 49_900, 499, "2026-01-01T00:00:00Z"), 1)
    web.stats.apply(Contribution("grill", "web", "USD", 200, 2, "2026-01-01T00:00:00Z"), 1)
    web.stats.apply(Contribution("grill", "app", "EUR", 900_000, 9000, "2026-01-01T00:00:00Z"), 1)
    return [crm, till, web]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_newest_claim_of_each_field_survives_with_where_it_came_from(order: tuple[int, ...]) -> None:
    records = three()
    found = survivors((records[index] for index in order), default())
    assert {name: (field["value"], field["source"], field["at"]) for name, field in found.items()} == {
        "given_name": ("Anne", "till", "2026-03-01"),
        "family_name": ("Bell", "web", "2026-02-01"),
        "language": ("nl", "crm", "2026-05-01"),
    }
    assert found["given_name"]["record"] == "till|till"
    assert (found["given_name"]["rule"], found["family_name"]["rule"]) == ("newest", "only value")
    assert [(other["value"], other["source"]) for other in found["given_name"]["rejected"]] == [
        ("Anna", "web"),
        ("Ann", "crm"),
    ]
    assert found["given_name"]["others"] == 2
    assert "rejected" not in found["family_name"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_one_refusal_refuses_for_the_person_however_old_it_is(order: tuple[int, ...]) -> None:
    records = three()
    assert strictest(records[index] for index in order) == {
        "email": [False, "2026-01-01|y"],
        "sms": [False, "2026-02-05|y"],
        "push": [True, "2026-07-01|z"],
    }


def test_a_name_is_found_in_any_order_case_and_accent() -> None:
    assert name_key(VAULT, "José  Álvarez") == name_key(VAULT, "alvarez JOSE")
    assert name_key(VAULT, "Jose Alvarez") != name_key(VAULT, "Jose Alvares")
    assert name_key(VAULT, "  ") is None


MODEL = ReadModel(VAULT, "USD", Programmes(programme(None)))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_row_of_a_customer(order: tuple[int, ...]) -> None:
    records = three()
    row = MODEL.customer("CUST-1", [records[index] for index in order])
    props = row["props"]
    assert row["joinedAt"] == "2026-01-01"
    assert (props["visits"], props["points"], props["spendMinor"]) == (3, 9501, 50_100)
    assert (props["tier"], props["brands"], props["preferredChannel"]) == ("silver", ["cafe", "grill"], "web")
    assert (props["records"], props["known"], props["nameDisplay"]) == (3, False, "A••• B•••")
    assert VAULT.open("CUST-1", props["sealed"]) == survivors(records, default())
    assert orjson.loads(props["consents"]) == strictest(records)


def answered(**answers: tuple[bool, int]) -> RecordState:
    """A record with answers by brand (`all`: to the whole group), each with its clock."""
    state = RecordState("r|r", "r")
    for brand, (granted, at) in answers.items():
        state.consents[f"cross_brand_profile@{'*' if brand == 'all' else brand}"] = [granted, f"2026-01-0{at}|x"]
    last = max(answers.values(), key=lambda answer: answer[1])
    state.consents["cross_brand_profile"] = [last[0], f"2026-01-0{last[1]}|x"]
    return state


@pytest.mark.parametrize(
    ("records", "opened"),
    [
        ([], []),
        ([answered(grill=(True, 1))], ["grill"]),
        ([answered(grill=(True, 1)), answered(cafe=(True, 2))], ["cafe", "grill"]),
        ([answered(grill=(True, 1), cafe=(True, 2))], ["cafe", "grill"]),
        ([answered(all=(True, 1))], ["*"]),
        ([answered(all=(True, 1)), answered(grill=(True, 2))], ["*", "grill"]),
        # One refusal closes all, whoever else granted, and however old it is.
        ([answered(grill=(True, 2)), answered(cafe=(False, 1))], []),
        ([answered(all=(True, 2)), answered(cafe=(False, 1))], []),
        ([answered(all=(False, 1), cafe=(True, 2))], []),
        ([answered(grill=(False, 1), cafe=(True, 2))], []),
        ([answered(all=(True, 1), cafe=(False, 2), grill=(True, 3))], []),
        # Until the same record says otherwise to the same brand, or to all.
        ([answered(grill=(False, 1), all=(True, 2))], ["*"]),
        ([answered(all=(True, 1), grill=(False, 2))], []),
    ],
)
def test_a_brand_is_opened_by_a_grant_at_that_brand_or_to_all(records: list[RecordState], opened: list[str]) -> None:
    for each in permutations(records):
        assert open_brands(each) == opened


def test_a_grant_of_before_brands_were_kept_opens_none() -> None:
    state = RecordState("r|r", "r", consents={"cross_brand_profile": [True, "2026-01-01|x"]})
    assert open_brands([state]) == []


def test_answers_by_brand_are_not_shown_as_purposes() -> None:
    assert strictest([answered(grill=(True, 1))]).keys() == {"cross_brand_profile"}


@pytest.mark.parametrize(
    ("stored", "sought"),
    [
        ("Siobhán O'Brien", "Siobhán O’Brien"),
        ("Siobhán O'Brien", "obrien siobhan"),
        ("Jan-Peter Roe", "Jan Peter Roe"),
        ("José Núñez", "Núñez, José"),
        ("İpek Işık", "ipek ışık"),
        ("Jean‐Luc  Picard", "jean-luc picard"),
        ("Ø. Łuk", "o luk"),
        ("7", "7"),
    ],
)
def test_a_name_is_found_however_it_is_typed(stored: str, sought: str) -> None:
    assert name_key(VAULT, stored) == name_key(VAULT, sought) is not None
