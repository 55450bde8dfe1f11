"""What others hear of commands: one event for each ledger entry, one for each command about a reward or a personal
coupon, and one for each hold of a reward that ended by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from domain.feed_event import FeedEvent
from graph.store.database import Row
from loyalty.commands.command import CommandKind
from loyalty.commands.redemption import Redemption
from loyalty.ledger.points_events import points_events
from loyalty.rewards.limit_counters import Stage
from loyalty.rewards.reward_choice import RewardUse

_RETURNED = "reward.returned"
REWARD_TYPES: Mapping[CommandKind, str] = {
    CommandKind.REDEEM: "reward.redeemed",
    CommandKind.HOLD: "reward.held",
    CommandKind.CAPTURE: "reward.redeemed",
    CommandKind.RELEASE: _RETURNED,
    CommandKind.REVERSE: _RETURNED,
}
"""The type of a command's event, if the command is about a reward."""
COUPON_ISSUED = "coupon.issued"
_BACK = frozenset((CommandKind.RELEASE, CommandKind.REVERSE))


def command_events(
    entries: Iterable[Row], written: Iterable[Row], changed: Iterable[tuple[object, Redemption]]
) -> Iterator[FeedEvent]:
    """The events of ledger entries and commands (rows as `points_commands/write` takes them), and of the redemptions
    that these changed, each beside its guest. The code of a coupon is a secret, so no event has it."""
    yield from points_events(entries)
    redemptions = {one.key: one for _, one in changed}
    for row in written:
        redemption, kind = redemptions[row["of"] or row["key"]], CommandKind(row["kind"])
        if kind is CommandKind.ISSUE:
            data = {"coupon": row["props"]["coupon"], "cause": row["key"]}
            yield FeedEvent(f"coupon|{row['key']}", COUPON_ISSUED, row["at"], data, record=redemption.record)
        elif redemption.reward is not None:
            yield _event(row["key"], REWARD_TYPES[kind], row["at"], redemption, redemption.reward)
    for one in redemptions.values():
        if one.reward is not None and one.reward.stage is Stage.BACK and one.until and not one.kinds & _BACK:
            yield _event(f"{one.key}|over", _RETURNED, one.until, one, one.reward)


def _event(cause: str, type_: str, at: str, redemption: Redemption, use: RewardUse) -> FeedEvent:
    place = use.place
    return FeedEvent(
        id=f"reward|{cause}",
        type=type_,
        time=at,
        record=redemption.record,
        brand=place.brand,
        data={
            "redemption": redemption.key,
            "reward": use.reward,
            "coupon": use.coupon,
            "brand": place.brand,
            "store": place.store,
            "channel": place.channel and place.channel.value,
            "heldUntil": redemption.until if type_ == REWARD_TYPES[CommandKind.HOLD] else None,
            "cause": cause,
        },
    )
