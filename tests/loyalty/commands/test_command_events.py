"""What others hear of commands about rewards and coupons. Events of points are tested with the ledger's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from domain.errors import HoldIsOver, OutOfStock
from domain.order_words import Channel
from engagement.webhooks.receiver import EVENT_TYPES, OF_BRANDS
from graph.store.database import Database
from loyalty.commands.command import CommandKind
from loyalty.commands.command_events import COUPON_ISSUED, REWARD_TYPES
from tests.loyalty.commands.test_points_commands_rewards import NOW, follow, issue, three_guests, want

pytestmark = pytest.mark.neo4j
_HOLD, _CAPTURE = CommandKind.HOLD, CommandKind.CAPTURE
_TYPES = {*REWARD_TYPES.values(), COUPON_ISSUED}


async def told(store: Database) -> list[dict[str, Any]]:
    rows = await store.read_text("MATCH (b:FeedBatch) RETURN b.events AS e ORDER BY b.written", operation="test")
    return [event for row in rows for event in orjson.loads(row["e"]) if event["type"] in _TYPES]


def short(events: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["id"], one["type"].partition(".")[2], one["data"]["reward"]) for one in events]


async def test_each_command_about_a_reward_is_heard_of_once(store: Database) -> None:
    async with three_guests(store) as points:
        await points.carry_out(want("r-1", reward="coffee"), NOW)
        await points.carry_out(want("r-1", reward="coffee"), NOW)
        await points.carry_out(follow("v-1", CommandKind.REVERSE, "r-1"), NOW)
        await points.carry_out(want("h-1", kind=_HOLD, reward="paid"), NOW)
        await points.carry_out(follow("c-1", _CAPTURE, "h-1"), NOW)
        await points.carry_out(want("h-2", kind=_HOLD, reward="last"), NOW)
        with pytest.raises(OutOfStock):
            await points.carry_out(want("r-2", "eve", reward="last"), NOW)
        await points.carry_out(follow("l-1", CommandKind.RELEASE, "h-2"), NOW)
        assert short(await told(store)) == [
            ("reward|r-1", "redeemed", "coffee"),
            ("reward|v-1", "returned", "coffee"),
            ("reward|h-1", "held", "paid"),
            ("reward|c-1", "redeemed", "paid"),
            ("reward|h-2", "held", "last"),
            ("reward|l-1", "returned", "last"),
        ]


async def test_an_event_says_which_reward_and_where_and_no_code(store: Database) -> None:
    async with three_guests(store) as points:
        place = {"store": "s-1", "channel": Channel.TAKEAWAY}
        command = want("h-1", kind=_HOLD, coupon="hello", **place)
        await points.carry_out(replace(command, brand="grill"), NOW)
        await points.carry_out(issue("i-1"), NOW)
        held, issued = await told(store)
        assert (held["brand"], held["record"]) == ("grill", command.record)
        assert held["data"] == {
            "redemption": "h-1",
            "reward": "hi",
            "coupon": "hello",
            "brand": "grill",
            "store": "s-1",
            "channel": "takeaway",
            "heldUntil": (NOW + timedelta(seconds=600)).isoformat(),
            "cause": "h-1",
        }
        assert (issued["id"], issued["type"], issued["brand"]) == ("coupon|i-1", COUPON_ISSUED, None)
        assert issued["data"] == {"coupon": "birthday", "cause": "i-1"}


@pytest.mark.parametrize("reward", ["paid", "once"])  # one for points, and a free one
async def test_the_end_of_a_hold_is_heard_of_when_it_is_booked(store: Database, reward: str) -> None:
    async with three_guests(store) as points:
        await points.carry_out(want("h-1", kind=_HOLD, reward=reward, seconds=60), NOW)
        with pytest.raises(HoldIsOver):
            await points.carry_out(follow("c-1", _CAPTURE, "h-1"), NOW + timedelta(seconds=60))
        await points.carry_out(want("r-1", reward="coffee"), NOW + timedelta(seconds=90))
        [_, over, _] = await told(store)
        assert short([over]) == [("reward|h-1|over", "returned", reward)]
        assert over["time"] == (NOW + timedelta(seconds=60)).isoformat()


def test_every_type_can_be_asked_for() -> None:
    assert set(EVENT_TYPES) >= _TYPES
    assert set(REWARD_TYPES.values()) <= OF_BRANDS
    assert COUPON_ISSUED not in OF_BRANDS  # an agent gives it for the whole group
