"""Tills without a connection get a signed snapshot, and what they gave is booked once, also where points are gone.

It tests api.loyalty.offline_endpoint and api.loyalty.offline_requests, too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from graph.booked_points import BookedPoints
from graph.history import AFTER_ALL, BEFORE_ALL
from loyalty.offline.offline_snapshot import card_hash
from loyalty.reports.liability import report
from loyalty.reports.verification import verify
from resolvers.access.caller import LOYALTY_REDEEM, Caller
from tests.kit.story import PRIVATE, Story, order, person
from tests.kit.toast_till import REWARDS, TILL, ToastTill, till_at

pytestmark = pytest.mark.neo4j

LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
async def till(story: Story) -> AsyncGenerator[ToastTill]:
    callers = {
        "burger-key": Caller("burger", TILL, brands=frozenset({"burger"}), sources=frozenset({"toast"})),
        "no-redeem-key": Caller("no-redeem", TILL - {LOYALTY_REDEEM}),
    }
    async with till_at(story, callers) as till:
        story.add_rules(f"offline: {{points: 40, hours: 48}}\nrewards: {json.dumps(REWARDS)}")
        yield till


async def sent(till: ToastTill, path: str, **body: Any) -> tuple[int, Any]:
    headers = {"authorization": f"Bearer {till.key}"}
    answer = await till.client.post(
        f"/v1/loyalty/offline/{path}", json={"store": till.restaurant} | body, headers=headers
    )
    return answer.status_code, answer.json()


async def member(story: Story, card: str, total: str) -> str:
    """A guest with so many points of pasta, by the card."""
    who = person("Gil", "Offline", loyalty_card=card, id_=f"id-{card}")
    await story.take(order("05T12:00", f"o-{card}", "pasta", total, who))
    return card


def sold(
    id_: str, card: str, points: int, snapshot: Any = None, *, minute: int | None = None, **more: Any
) -> dict[str, Any]:
    """A redemption of an offline till; a later one has a greater id."""
    at = (LATER + timedelta(minutes=minute or int(id_))).isoformat()
    made = {"id": id_, "till": "t-1", "at": at, "account": card, "points": points}
    return made | {"snapshot": snapshot and snapshot["id"]} | more


async def replayed(till: ToastTill, snapshot: Any, *rows: Any) -> list[tuple[str, int | None, str | None, str | None]]:
    status, body = await sent(till, "redemptions", snapshots=[snapshot["snapshot"]], redemptions=rows)
    assert status == 200, body
    return [
        (one["status"], one.get("missing"), one.get("flag"), one.get("owner") or one.get("error", {}).get("code"))
        for one in body["redemptions"]
    ]


async def test_a_snapshot_allows_no_more_than_the_guest_has_and_names_nobody(story: Story, till: ToastTill) -> None:
    rich, poor = await member(story, "OFF-rich", "90.00"), await member(story, "OFF-poor", "7.00")
    status, made = await sent(till, "snapshot", accounts=[rich, poor, "OFF-nobody"])
    assert (status, made["accounts"]) == (200, 2)
    keys = (await till.client.get("/v1/loyalty/offline/keys")).json()["keys"]
    claims = jwt.decode(made["snapshot"], jwt.PyJWK(keys[0]).key, algorithms=["EdDSA"], audience="regulars-offline")
    assert claims["exp"] - claims["iat"] == 48 * 3600
    assert {card: claims["cards"][card_hash(made["secret"], card)]["points"] for card in (rich, poor)} == {
        rich: 40,
        poor: 7,
    }
    assert claims["rewards"] == {"coffee": {"default": 10}}
    assert not any(word in str(claims) for word in (*PRIVATE, "OFF-"))


async def test_what_tills_gave_is_booked_once_with_an_owner_of_what_was_too_much(story: Story, till: ToastTill) -> None:
    ann, ben = await member(story, "OFF-ann", "50.00"), await member(story, "OFF-ben", "30.00")
    _, made = await sent(till, "snapshot", accounts=[ann, ben])
    assert (await till.redeem(ben, {"identifier": "coffee", "appliedDiscountGuid": "d", "quantity": 1}))[0] == 200
    half = [sold("1", ann, 25, made), sold("2", ben, 30, made, reward="coffee")]
    rows = [
        *half,
        sold("3", ann, 15, made),
        sold("1", ann, 5, made, minute=3, till="t-2"),
        sold("4", ann, 10, made),
        sold("5", ben, 3),
        sold("6", "OFF-nobody", 3, made),
        sold("8", ann, 3, made | {"id": "not-sent-along"}),
        {"id": "7", "till": "t-1", "account": ann},
        sold("1", ann, 26, made),
    ]
    assert await replayed(till, made, *half) == [
        ("BOOKED", 0, None, None),
        ("BOOKED", 10, "POINTS_GONE", "PROGRAMME"),
    ]
    first = await replayed(till, made, *rows)
    assert first == [
        ("KNOWN", 0, None, None),
        ("KNOWN", 10, "POINTS_GONE", "PROGRAMME"),
        ("BOOKED", 0, None, None),
        ("BOOKED", 0, "OTHER_TILLS", "PROGRAMME"),
        ("BOOKED", 5, "OVER_ALLOWANCE", "STORE"),
        ("BOOKED", 3, "NO_SNAPSHOT", "STORE"),
        ("REFUSED", None, None, "NOT_FOUND"),
        ("REFUSED", None, None, "INVALID_INPUT"),
        ("REFUSED", None, None, "INVALID_INPUT"),
        ("REFUSED", None, None, "CONFLICT"),
    ]
    again = await asyncio.gather(*(replayed(till, made, *rows) for _ in range(3)))
    assert {one[0] for answer in again for one in answer} == {"KNOWN", "REFUSED"}
    assert [await till.balance(one) for one in (ann, ben)] == [-5, -13]
    booked = BookedPoints(story.database)
    assert (await verify(booked, lambda _: None)).balanced
    found = await report(booked, datetime.now(UTC), (BEFORE_ALL, AFTER_ALL), lambda _: None)
    assert found.adds_up
    assert {(one.owner, one.reason, one.redemptions, one.points, one.missing) for one in found.offline} == {
        (None, None, 2, 40, 0),
        ("programme", "points_gone", 1, 30, 10),
        ("programme", "other_tills", 1, 5, 0),
        ("store", "over_allowance", 1, 10, 5),
        ("store", "no_snapshot", 1, 3, 3),
    }


async def test_a_card_that_is_blocked_meanwhile_stops_no_other_row_and_its_own_is_booked(
    story: Story, till: ToastTill
) -> None:
    ann, ben = await member(story, "OFF-lost", "20.00"), await member(story, "OFF-kept", "20.00")
    _, made = await sent(till, "snapshot", accounts=[ann, ben])
    blocked = await story.ask(
        """mutation($card: String!) {
          done: cardBlock(card: $card, reason: LOST, requestId: "b-off") { userErrors { code } } }""",
        card=ann,
    )
    assert blocked["done"]["userErrors"] == []
    rows = [sold("21", ann, 5, made), sold("22", ben, 5, made)]
    assert await replayed(till, made, *rows) == [("BOOKED", 0, None, None)] * 2
    assert await till.balance(ben) == 15
    assert (await sent(till, "snapshot", accounts=[ann, ben]))[1]["accounts"] == 1


async def test_what_a_key_may_not_do(story: Story, till: ToastTill) -> None:
    card = await member(story, "OFF-may", "20.00")
    assert (await sent(till.of(key="no-redeem-key"), "snapshot", accounts=[card]))[0] == 403
    assert (await sent(till.of(key="burger-key"), "snapshot", accounts=[card]))[0] == 403
    assert (await sent(till.of(key="burger-key"), "redemptions", redemptions=[sold("1", card, 1)]))[0] == 403
    status, body = await sent(till, "snapshot", accounts=[])
    assert (status, body["error"]["code"]) == (400, "INVALID_INPUT")
    assert await till.balance(card) == 20
