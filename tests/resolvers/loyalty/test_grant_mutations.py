"""Agents give points: up to limits alone, and beyond them with a second pair of eyes.

It tests resolvers.loyalty.grant_queries and graph.grant_proposals, too.
"""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.access.caller import (
    LOYALTY_GRANT,
    LOYALTY_GRANT_ANY,
    LOYALTY_REDEEM,
    PROFILE_FIND,
    PROFILE_READ,
    Caller,
    CallerKind,
)
from resolvers.loyalty.grant_mutations import MAX_PROPOSED
from tests.kit.story import Story, order, person

pytestmark = pytest.mark.neo4j

GRANT = """mutation($by: CustomerBy!, $points: Int!, $id: ID!, $day: Date) {
  done: pointsGrant(customer: $by, points: $points, brand: "pasta", reason: GOODWILL, requestId: $id, lastDay: $day) {
    customerNumber pointsLeft userErrors { code field } redemption { id } } }"""
PROPOSE = """mutation($by: CustomerBy!, $points: Int!, $id: ID!) {
  done: pointsGrantPropose(customer: $by, points: $points, brand: "pasta", reason: COMPLAINT, requestId: $id) {
    proposalId customerNumber pointsLeft userErrors { code } } }"""
ANSWER = """mutation($of: ID!, $id: ID!) {
  done: pointsGrant%s(proposal: $of, requestId: $id) { proposalId pointsLeft userErrors { code } } }"""
PENDING = "{ grantProposals { id customerNumber points brand { code } lastDay reason proposedBy } }"
ENTRIES = """query($by: CustomerBy!) { customer(by: $by) { loyaltyBalance {
  entries(first: 5) { edges { node { points reason account actors } } } } } }"""
AGENT = frozenset((PROFILE_READ, PROFILE_FIND, LOYALTY_GRANT))
UMA = Caller("uma", AGENT, CallerKind.STAFF)
VIC = Caller("vic", AGENT, CallerKind.STAFF)
TILL = Caller("till", frozenset((PROFILE_READ, PROFILE_FIND, LOYALTY_REDEEM)))


async def told(story: Story, document: str, caller: Caller, **variables: Any) -> Any:
    result = await story.run(document, caller, variables)
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data.get("done") or result.data


async def gwen(story: Story, card: str) -> dict[str, str]:
    await story.take(order("05T12:00", card, "pasta", "50.00", person("Gwen", "Poole", id_=card, loyalty_card=card)))
    return {"card": card}


def codes(payload: Any) -> list[str]:
    assert payload["pointsLeft"] is None
    return [error["code"] for error in payload["userErrors"]]


async def test_agents_give_points_up_to_limits(story: Story) -> None:
    by = await gwen(story, "G-LIMITS")
    given = await told(story, GRANT, UMA, by=by, points=1000, id="g-1", day="2026-04-30")
    assert (given["pointsLeft"], given["redemption"]) == (1050, None)
    for points, day, code, field in (
        (1001, None, "INVALID_INPUT", ["points"]),
        (1, "soon", "INVALID_INPUT", ["lastDay"]),
        (1, 5, "INVALID_INPUT", ["lastDay"]),
        (1, "2026-03-31", "INVALID_INPUT", ["lastDay"]),
        (-1, "2026-05-01", "INVALID_INPUT", []),
    ):
        refused = await told(story, GRANT, UMA, by=by, points=points, id="g-2", day=day)
        assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [(code, field)]
    for number, points in enumerate((1000, -1000, 1000, 999, 999)):
        given = await told(story, GRANT, UMA, by=by, points=points, id=f"day-{number}", day=None)
    assert codes(given) == ["DAY_LIMIT_REACHED"]  # 4,999 of 5,000
    assert (await told(story, GRANT, UMA, by=by, points=1, id="day-5", day=None))["pointsLeft"] == 3050
    assert (await told(story, GRANT, VIC, by=by, points=1, id="day-6", day=None))["pointsLeft"] == 3051
    chief = Caller("uma", AGENT | {LOYALTY_GRANT_ANY}, CallerKind.STAFF)
    assert (await told(story, GRANT, chief, by=by, points=-3001, id="g-4", day=None))["pointsLeft"] == 50
    result = await story.run(GRANT, TILL, {"by": by, "points": 1, "id": "g-5", "day": None})
    assert [one["extensions"]["code"] for one in story.shown(result)] == ["NOT_ALLOWED"]


@pytest.mark.parametrize("answer", ["Approve", "Decline"])
async def test_the_audit_log_names_the_guest_of_an_answer_to_a_proposal(story: Story, answer: str) -> None:
    by = await gwen(story, f"G-NOTED-{answer}")
    proposed = await told(story, PROPOSE, UMA, by=by, points=5, id=f"n-{answer}")
    variables = {"of": proposed["proposalId"], "id": f"na-{answer}"}
    result = await story.run(ANSWER % answer, VIC, variables, audited=True)
    assert result.errors is None
    assert (await story.noted(f"pointsGrant{answer}"))[-1:] == [[proposed["customerNumber"]]]


async def test_somebody_else_approves_what_an_agent_proposes(story: Story) -> None:
    by = await gwen(story, "G-PROPOSED")
    first, again = [await told(story, PROPOSE, UMA, by=by, points=20_000, id="p-1") for _ in range(2)]
    assert first == again
    assert first["pointsLeft"] == 50
    other = await told(story, PROPOSE, UMA, by=by, points=-10, id="p-2")
    assert codes(await told(story, PROPOSE, UMA, by=by, points=MAX_PROPOSED + 1, id="p-3")) == ["INVALID_INPUT"]
    pending = (await told(story, PENDING, VIC))["grantProposals"]
    number = first["customerNumber"]
    assert [(one["id"], one["customerNumber"], one["points"], one["proposedBy"]) for one in pending] == [
        (first["proposalId"], number, 20_000, "uma"),
        (other["proposalId"], number, -10, "uma"),
    ]
    assert {key: pending[0][key] for key in ("brand", "lastDay", "reason")} == {
        "brand": {"code": "pasta"},
        "lastDay": None,
        "reason": "complaint",
    }
    of = {"of": first["proposalId"]}
    for answer in ("Approve", "Decline"):
        assert codes(await told(story, ANSWER % answer, UMA, **of, id=f"own-{answer}")) == ["INVALID_INPUT"]
    approved = [await told(story, ANSWER % "Approve", VIC, **of, id="a-1") for _ in range(2)]
    assert [one["pointsLeft"] for one in approved] == [20_050, 20_050]
    assert codes(await told(story, ANSWER % "Approve", VIC, **of, id="a-2")) == ["CONFLICT"]
    declined = await told(story, ANSWER % "Decline", VIC, of=other["proposalId"], id="a-3")
    assert declined["pointsLeft"] == 20_050
    assert codes(await told(story, ANSWER % "Approve", VIC, of=other["proposalId"], id="a-4")) == ["CONFLICT"]
    assert (await told(story, PENDING, VIC)) == {"grantProposals": []}
    balance = (await told(story, ENTRIES, VIC, by=by))["customer"]["loyaltyBalance"]
    assert [edge["node"] for edge in balance["entries"]["edges"] if edge["node"]["account"] == "GRANTED"] == [
        {"points": 20_000, "reason": "points.approve.complaint", "account": "GRANTED", "actors": ["uma", "vic"]}
    ]
    for document, variables in ((PENDING, {}), (ENTRIES, {"by": by})):
        result = await story.run(document, TILL, variables)
        assert [one["extensions"]["code"] for one in story.shown(result)] == ["NOT_ALLOWED"]
