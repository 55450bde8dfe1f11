"""A customer as commands about points work on it, behind the locks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.errors import InvalidInput
from domain.stats import Stats
from graph.store.database import Row
from loyalty.commands.redemption import Redemption
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import RewardUse, Wanted
from loyalty.rewards.rewards import CouponKind

MAX_CODES = 100
"""Codes of one personal coupon that a guest gets."""


@dataclass(slots=True)
class PointsGuest:
    """A customer behind the lock: working copies of its sums, of those of the records that may change, and of its
    redemptions, by their keys."""

    number: str
    stats: Stats
    tier: str | None
    records: dict[str, Stats] = field(default_factory=dict[str, Stats])
    redemptions: dict[str, Redemption] = field(default_factory=dict[str, Redemption])
    given: LimitCounter = field(default_factory=lambda: LimitCounter(""))
    """What it gave to other guests on this day: the sum of its records' transfers, so a merge needs no rule for it.
    Known where a transfer is asked for."""
    _given_known: bool = False

    def add(self, row: Row) -> None:
        """What a row of `points_commands/guests` says, where it is not known."""
        for one in row["redemptions"]:
            if one["key"] not in self.redemptions:
                self.redemptions[one["key"]] = Redemption.of_row(one)
                self._add_record(one["record"], one["stats"])
        if row["given"] is not None and not self._given_known:
            self.given.used, self._given_known = row["given"], True
        if row["asker"] is not None:
            self._add_record(*row["asker"])

    def uses(self) -> list[RewardUse]:
        """The rewards of its redemptions."""
        return [one.reward for one in self.redemptions.values() if one.reward is not None]

    def new_code(self, wanted: Wanted | None, now: datetime) -> str:
        """The coupon (id) that the guest gets a new code of. Raises InvalidInput where it is not one of those that are
        issued now."""
        coupon = wanted and wanted.rules.coupon(wanted.coupon or "")
        if coupon is None or coupon.kind is not CouponKind.PERSONAL:
            raise InvalidInput("There is no such personal coupon.", hint="Coupons stand in the programme.")
        if coupon.last_day is not None and coupon.last_day < now.astimezone(UTC).date():
            raise InvalidInput(f"This coupon was valid until {coupon.last_day}.")
        if sum(one.issued == coupon.id for one in self.redemptions.values()) >= MAX_CODES:
            raise InvalidInput(f"The guest has {MAX_CODES} codes of this coupon.")
        return coupon.id

    def _add_record(self, key: str, stats: str | None) -> None:
        if key not in self.records:
            self.records[key] = Stats.from_json(stats)
