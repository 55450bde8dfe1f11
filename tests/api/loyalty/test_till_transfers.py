"""A till moves the points of one account to another one, once."""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.access.caller import LOYALTY_TRANSFER, Caller
from tests.kit.story import Story, order, person
from tests.kit.toast_till import TILL, next_guid, till_at

pytestmark = pytest.mark.neo4j


async def test_an_account_gets_what_another_one_has(story: Story) -> None:
    for card, brand, points in (("X-OLD", "pasta", "30.00"), ("X-OLD", "burger", "20.00"), ("X-NEW", "pasta", "5.00")):
        who = person("Tess", card, id_=f"till-{card}", loyalty_card=card)
        await story.take(order("05T12:00", f"{brand}-{card}", brand, points, who))
    callers = {"no-transfer-key": Caller("no-transfer", TILL - {LOYALTY_TRANSFER})}
    async with till_at(story, callers) as till:
        old, guid = await till.account(card="X-OLD"), next_guid()
        before = story.database.round_trips
        first = await till.transfer(old, "X-NEW", guid, points=10)
        trips = story.database.round_trips - before
        assert first == await till.transfer(old, "X-NEW", guid, points=10)
        to = {"loyaltyIdentifier": "X-NEW", "toLoyaltyIdentifier": "X-NEW"}
        assert first == (200, {"transferResponse": to, "transactionStatus": "ACCEPT"})
        assert (await till.balance(old), await till.balance("X-NEW")) == (40, 15)
        assert trips == 7
        refusals: tuple[tuple[str, str, dict[str, Any], str], ...] = (
            (old, "X-NEW", {"points": 41}, "ERROR_INVALID_INPUT_PROPERTIES"),
            (old, "X-NEW", {"points": "4"}, "ERROR_INVALID_INPUT_PROPERTIES"),
            (old, "X-OLD", {}, "ERROR_INVALID_INPUT_PROPERTIES"),
            (old, "X-GONE", {}, "ERROR_ACCOUNT_INVALID"),
            ("X-GONE", "X-NEW", {}, "ERROR_ACCOUNT_INVALID"),
        )
        for giver, receiver, more, status in refusals:
            assert (await till.transfer(giver, receiver, **more))[1]["transactionStatus"] == status
        _, again = await till.transfer(old, "X-NEW", guid, points=11)
        assert again["transactionStatus"] == "ERROR_INVALID_INPUT_PROPERTIES"
        _, refused = await till.of(key="no-transfer-key").transfer(old, "X-NEW")
        assert refused["transactionStatus"] == "ERROR_INVALID_TOKEN"
        assert (await till.transfer(old, "X-NEW"))[0] == 200
        assert (await till.balance(old), await till.balance("X-NEW")) == (0, 55)
        assert (await till.transfer(old, "X-NEW"))[1]["message"] == "Only 0 points are in hand."
