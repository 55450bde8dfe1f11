"""The rewards that the commands of one transaction want: what is read for them, and whether the guest gets them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from graph.store.database import Row
from loyalty.baskets.basket import AppliedReward, Basket
from loyalty.baskets.stacking import evaluate
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_guest import PointsGuest
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import (
    BasketShare,
    Choice,
    Guest,
    RewardPlace,
    RewardRefusal,
    RewardUse,
    Wanted,
    not_valid,
    refusals,
)

EVER = "1970-01-01"


@dataclass(slots=True)
class WantedRewards:
    """`choices` and `of_basket` by the key of the command; those of a basket are decided together, once."""

    now: datetime
    choices: dict[str, Choice | RewardRefusal] = field(default_factory=dict[str, Choice | RewardRefusal])
    of_basket: dict[str, Command] = field(default_factory=dict[str, Command])
    judged: dict[str, AppliedReward | RewardRefusal] = field(default_factory=dict[str, AppliedReward | RewardRefusal])

    def choose(self, command: Command, wanted: Wanted, row: Row, issued: Mapping[str, str]) -> set[str]:
        """Finds the reward that is wanted, puts into the command's row what must be read for it, and gives its limits.
        A refusal waits until it is known that the command was not carried out before."""
        if command.kind is CommandKind.ISSUE:
            row["coupon"] = wanted.coupon
            return set()
        if command.basket is not None:
            self.of_basket[command.key] = command
        choice = self.choices[command.key] = Choice.find(wanted, issued)
        if isinstance(choice, RewardRefusal):
            return set()
        if (since := choice.since(self.now)) is not None:
            row |= {"reward": choice.reward.id, "since": since or EVER}
        if choice.coupon is not None and choice.coupon.per_guest is not None:
            row["coupon"] = choice.coupon.id
        return {take.key for take in choice.takes(0)}

    def use(
        self,
        command: Command,
        guest: PointsGuest,
        usable: int,
        limits: Mapping[str, LimitCounter],
        rows: Mapping[str, Row],
    ) -> tuple[RewardUse | None, int]:
        """What the guest gets, with nothing used of it yet, and the points that it costs. `usable`: the guest's points
        that the command may use. What a till gave without a connection was had for what the till took; it is None where
        the programme has no such reward. Raises a kind of Conflict where the guest does not get it."""
        assert command.wanted is not None
        place = RewardPlace(command.brand, command.wanted.store, command.wanted.channel)
        if command.offline is not None and command.points is not None:
            had = self.choices[command.key]
            return had.use(place, command.points, "", None) if isinstance(had, Choice) else None, command.points
        if command.basket is not None:
            return self._use_for_basket(command, command.basket, guest, usable, limits, rows)
        choice = self._chosen(command.key, rows)
        if isinstance(choice, RewardRefusal):
            raise choice.error()
        facts = Guest(guest.tier, usable, guest.uses())
        if (refusal := next(refusals(choice, place, facts, limits, self.now), None)) is not None:
            raise refusal.error()
        price = choice.reward.price_for(guest.tier) or 0
        return choice.use(place, price, "", None), price

    def _chosen(self, key: str, rows: Mapping[str, Row]) -> Choice | RewardRefusal:
        """The reward that a command wants, if its code is one of this guest."""
        choice = self.choices[key]
        if isinstance(choice, Choice) and choice.code is not None and not rows[key]["holdsCode"]:
            return not_valid()
        return choice

    def _use_for_basket(
        self,
        command: Command,
        basket: Basket,
        guest: PointsGuest,
        usable: int,
        limits: Mapping[str, LimitCounter],
        rows: Mapping[str, Row],
    ) -> tuple[RewardUse, int]:
        if not self.judged:  # before the first one of them takes anything
            assert command.wanted is not None
            keys = list(self.of_basket)
            for key in keys:
                guest.add(rows[key])
            facts = Guest(guest.tier, usable, guest.uses())
            asked = [self._chosen(key, rows) for key in keys]
            result = evaluate(basket, command.wanted.rules, facts, asked, limits, self.now)
            self.judged |= {keys[one.at]: one for one in result.applied}
            self.judged |= {keys[one.at]: one.refusals[0] for one in result.refused}
        found = self.judged[command.key]
        if isinstance(found, RewardRefusal):
            raise found.error()
        share = BasketShare(found.off, basket.currency)
        return found.choice.use(basket.place, found.points, "", None, share), found.points
