"""The history of a person tells what came, what was merged and what was undone; each record ends where it stands."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.customer.identity_history import StepKind, steps
from tests.kit.story import EMAIL, Story, event, person

HISTORY = """query($v: String!, $first: Int, $after: String) { customer(by: {customerNumber: $v}) { number formerNumbers
  identityHistory(first: $first, after: $after) { edges { cursor node { kind at fromNumber toNumber recordCount
  records { source } reason decision undone explanation } } pageInfo { hasNextPage endCursor } } } }"""
numbers = st.sampled_from("ABCD")


def rows(walks: list[list[str]]) -> list[dict[str, Any]]:
    """Records that walked over customers, a step at each moment."""
    return [
        {
            "key": f"till|{n}",
            "stays": [
                {"number": number, "micros": at, "since": f"t{at}", "rule": "r", "reason": "r", "decision": None}
                for at, number in enumerate(walk)
            ],
        }
        for n, walk in enumerate(walks)
    ]


@given(st.lists(st.lists(numbers, min_size=1, max_size=5), min_size=1, max_size=6), st.sets(numbers, min_size=1))
def test_whoever_applies_the_steps_knows_the_records(walks: list[list[str]], family: set[str]) -> None:
    here: set[str] = set()
    for step in steps(rows(walks), family):
        match step.kind:
            case StepKind.ARRIVED:
                here |= set(step.records) if step.number in family else set()
            case StepKind.CAME:
                here |= set(step.records)
            case StepKind.LEFT:
                assert set(step.records) <= here
                here -= set(step.records)
            case StepKind.MERGED:
                assert set(step.records) <= here
    assert here == {f"till|{n}" for n, walk in enumerate(walks) if walk[-1] in family}


@pytest.mark.neo4j
async def test_ann_was_formed_of_two_and_what_is_undone_is_told(story: Story) -> None:
    ann = await story.number(email=EMAIL)
    found = (await story.ask(HISTORY, v=ann))["customer"]
    told = [edge["node"] for edge in found["identityHistory"]["edges"]]
    [former] = found["formerNumbers"]
    assert [step["kind"] for step in told] == ["ARRIVED", "ARRIVED", "ARRIVED", "MERGED"]
    merge = told[-1]
    assert (merge["fromNumber"], merge["toNumber"], merge["reason"]) == (former, found["number"], "same phone")
    assert merge["explanation"] == f"{former} was merged into {found['number']}: a record of till (same phone)."
    assert not any(step["undone"] for step in told)
    page = (await story.ask(HISTORY, v=ann, first=3))["customer"]["identityHistory"]
    assert page["pageInfo"]["hasNextPage"]
    [rest] = (await story.ask(HISTORY, v=ann, after=page["pageInfo"]["endCursor"]))["customer"]["identityHistory"][
        "edges"
    ]
    assert rest["node"] == merge
    # The app's record turns out to be a brother's: what it held together comes apart.
    await story.take(event("identify", "app", "25T10:00", subject=person("Bruno", "Smith", id_="app-1")))
    apart = (await story.ask(HISTORY, v=ann))["customer"]
    kinds = [(edge["node"]["kind"], edge["node"]["undone"]) for edge in apart["identityHistory"]["edges"]]
    assert ("LEFT", False) in kinds
    assert ("CAME", True) in kinds or ("ARRIVED", True) in kinds, "what is undone is still told"
