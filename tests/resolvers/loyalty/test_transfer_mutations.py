"""A till gives points of one guest to another, and a guest gives own ones, each of what they may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from resolvers.access.caller import (
    LOYALTY_REDEEM,
    LOYALTY_TRANSFER,
    ME_READ,
    ME_WRITE,
    PROFILE_FIND,
    PROFILE_READ,
    Caller,
    CallerKind,
    Own,
)
from resolvers.loyalty.transfer_mutations import MAX_GIVEN_IN_A_DAY
from tests.kit.story import Story, order, person, refund

pytestmark = pytest.mark.neo4j

DONE = "{ customerNumber pointsLeft userErrors { code field } redemption { id used } } }"
GIVE = (
    """mutation($by: CustomerBy!, $to: CustomerBy!, $points: Int, $id: ID!) {
  done: pointsTransfer(customer: $by, to: $to, points: $points, requestId: $id)"""
    + DONE
)
BACK = "mutation($of: ID!, $id: ID!) { done: redemptionReverse(redemption: $of, requestId: $id)" + DONE
MINE = (
    """mutation($to: String!, $points: Int!, $id: ID!) {
  done: myPointsTransfer(to: $to, points: $points, requestId: $id)"""
    + DONE
)
ENTRIES = """query($by: CustomerBy!) { customer(by: $by) { loyaltyBalance { points
  entries(first: 20) { edges { node { points kind account reason } } } } } }"""
TILL = frozenset((PROFILE_READ, PROFILE_FIND, LOYALTY_REDEEM, LOYALTY_TRANSFER))
STATEMENT = """query($by: CustomerBy!) { customer(by: $by) { loyaltyBalance {
  statement { lines { points kind balance } } } } }"""
ANN, EVE = {"card": "T-ANN"}, {"card": "T-EVE"}


def guest_of(story: Story, id_: str) -> Caller:
    """A guest who is signed in."""
    return Caller(
        "guest", frozenset((ME_READ, ME_WRITE)), CallerKind.GUEST, frozenset(("pasta",)), frozenset(("till",)),
        subject=story.reader.record_key("till", id_), own=Own("till", id_, "pasta"),
    )  # fmt: skip


async def test_points_change_hands_and_both_ledgers_say_so(story: Story) -> None:
    await story.take(
        order("05T12:00", "t-a", "pasta", "30.00", person("Ann", "Annson", id_="t-ann", loyalty_card="T-ANN")),
        order("05T13:00", "t-e", "burger", "5.00", person("Eve", "Eveson", id_="t-eve", loyalty_card="T-EVE")),
    )
    till = Caller("till", TILL)
    given = [await story.run(GIVE, till, {"by": ANN, "to": EVE, "points": 20, "id": "t-1"}) for _ in range(2)]
    first, again = [result.data and result.data["done"] for result in given]
    assert first == again
    assert (first["pointsLeft"], first["redemption"]["used"]) == (10, 20)
    for by, left, moved in ((ANN, 10, -20), (EVE, 25, 20)):
        balance = (await story.ask(ENTRIES, by=by))["customer"]["loyaltyBalance"]
        reason = "points.transfer" if moved < 0 else "points.receive"
        assert balance["points"] == left
        assert {"points": moved, "kind": "TRANSFER", "account": "TRANSFERRED", "reason": reason} in [
            edge["node"] for edge in balance["entries"]["edges"]
        ]
    of = {"of": first["redemption"]["id"]}
    for caller in (Caller("till", TILL - {LOYALTY_TRANSFER}), guest_of(story, "t-ann"), guest_of(story, "t-eve")):
        refused = await story.run(BACK, caller, of | {"id": f"t-{caller.name}"})
        assert [one["extensions"]["code"] for one in story.shown(refused)] == ["NOT_ALLOWED"]
    assert (await story.ask(ENTRIES, by=EVE))["customer"]["loyaltyBalance"]["points"] == 25
    back = await story.run(BACK, till, of | {"id": "t-2"})
    assert back.data is not None
    assert (back.data["done"]["pointsLeft"], back.data["done"]["redemption"]["used"]) == (30, 0)
    for to, code in (({"card": "T-NOBODY"}, "NOT_FOUND"), (ANN, "INVALID_INPUT"), ({"phone": "x"}, "INVALID_INPUT")):
        refused = await story.run(GIVE, till, {"by": ANN, "to": to, "points": 1, "id": f"x-{code}-{len(to)}"})
        assert refused.data is not None
        assert [error["code"] for error in refused.data["done"]["userErrors"]] == [code]


async def test_a_giver_owes_the_points_of_a_refunded_order_until_they_are_earned_or_come_back(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, eve = {"card": "T-GIVER"}, {"card": "T-KEEPER"}
    giver = person("Gina", "Giver", id_="t-giver", loyalty_card="T-GIVER")
    await story.take(
        order("05T12:00", "t-g", "pasta", "30.00", giver),
        order("05T13:00", "t-k", "burger", "5.00", person("Kim", "Keeper", id_="t-keeper", loyalty_card="T-KEEPER")),
    )
    till = Caller("till", TILL)
    given = await story.run(GIVE, till, {"by": ann, "to": eve, "points": 20, "id": "o-1"})
    await story.take(refund("06T12:00", "t-r", "t-g", "30.00"))

    async def stand() -> list[int]:
        return [(await story.ask(ENTRIES, by=by))["customer"]["loyaltyBalance"]["points"] for by in (ann, eve)]

    assert await stand() == [-20, 25]
    with monkeypatch.context() as later:  # commands are written at the clock's time, which is after the story's
        later.setattr("tests.kit.story.NOW", datetime.now(UTC) + timedelta(minutes=1))
        shown = await story.ask(STATEMENT, by=ann)
    lines = shown["customer"]["loyaltyBalance"]["statement"]["lines"]
    assert sorted((line["kind"], line["points"]) for line in lines) == [
        ("EARN", 30), ("REFUND", -30), ("TRANSFER", -20)
    ]  # fmt: skip
    assert lines[-1]["balance"] == -20
    more = await story.run(GIVE, till, {"by": ann, "to": eve, "points": 1, "id": "o-2"})
    assert more.data is not None
    assert [error["code"] for error in more.data["done"]["userErrors"]] == ["NOT_ENOUGH_POINTS"]
    await story.take(order("07T12:00", "t-h", "burger", "8.00", giver))
    assert await stand() == [-12, 25]
    assert given.data is not None
    await story.run(BACK, till, {"of": given.data["done"]["redemption"]["id"], "id": "o-3"})
    assert await stand() == [8, 5]


async def test_a_guest_gives_own_points_to_a_number(story: Story) -> None:
    await story.take(
        order("05T12:00", "own-t", "pasta", f"{MAX_GIVEN_IN_A_DAY + 100}.00", person("Olga", "Own", id_="olga-t")),
        order("05T12:00", "own-u", "burger", "1.00", person("Una", "Other", id_="una", loyalty_card="T-UNA")),
    )
    me = guest_of(story, "olga-t")
    una = await story.number(card="T-UNA")
    for points, id_, left, codes in (
        (10, "m-1", MAX_GIVEN_IN_A_DAY + 90, []),
        (10, "m-1", MAX_GIVEN_IN_A_DAY + 90, []),
        (MAX_GIVEN_IN_A_DAY + 91, "m-2", None, ["NOT_ENOUGH_POINTS"]),
        (MAX_GIVEN_IN_A_DAY - 9, "m-3", None, ["DAY_LIMIT_REACHED"]),
    ):
        result = await story.run(MINE, me, {"to": una.lower(), "points": points, "id": id_})
        assert result.data is not None
        done = result.data["done"]
        assert (done["pointsLeft"], [error["code"] for error in done["userErrors"]]) == (left, codes)
    assert (await story.ask(ENTRIES, by={"customerNumber": una}))["customer"]["loyaltyBalance"]["points"] == 11
