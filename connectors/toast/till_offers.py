"""Which offers a guest can have for a check, and which of those that are applied to it are valid. Nothing changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime

from connectors.toast.till_request import TillRedemption
from domain.errors import Conflict
from loyalty.rewards.limit_counters import LimitCounter, Stage
from loyalty.rewards.reward_choice import Choice, Guest, RewardPlace, RewardUse, Wanted, refusals
from loyalty.rewards.rewards import Reward, Rewards

MAX_OFFERS = 50
"""Offers that a till is shown."""


def choices(rules: Rewards) -> Iterator[Choice]:
    """The rewards that are had without a coupon."""
    for reward in rules.rewards:
        if not rules.coupons_of(reward):
            yield Choice(reward, budget=rules.budget(reward.budget))


@dataclass(slots=True)
class OfferDesk:
    """What a guest could have at a place now, one after the other: what is had counts for what follows. `uses` and
    `counters` are what was had before."""

    rules: Rewards
    place: RewardPlace
    points: int
    now: datetime
    tier: str | None = None
    uses: list[RewardUse] = field(default_factory=list[RewardUse])
    counters: dict[str, LimitCounter] = field(default_factory=dict[str, LimitCounter])

    def judge(self, redemptions: Sequence[TillRedemption]) -> list[str]:
        """Why each is not valid; empty where it is. Those that are valid are had from then on."""
        return [self._judge(one) for one in redemptions]

    def offers(self) -> list[Reward]:
        """The rewards that the guest could have now, in the order of the programme."""
        free = (choice.reward for choice in choices(self.rules) if not self._refusal(choice))
        return [reward for _, reward in zip(range(MAX_OFFERS), free, strict=False)]

    def _judge(self, one: TillRedemption) -> str:
        before = self.points, list(self.uses), deepcopy(self.counters)
        for _ in range(one.quantity):
            if reason := self._have(one.identifier):
                self.points, self.uses, self.counters = before
                return reason
        return ""

    def _have(self, reward: str) -> str:
        try:
            choice = Choice.of(Wanted(self.rules, reward=reward), {})
        except Conflict as error:
            return error.message
        if reason := self._refusal(choice):
            return reason
        price = choice.reward.price_for(self.tier) or 0
        use = choice.use(self.place, price, self.now.isoformat(), None)
        for key in use.takes:
            self.counters.setdefault(key, LimitCounter(key))
        use.move(Stage.USED, self.counters)
        self.uses.append(use)
        self.points -= price
        return ""

    def _refusal(self, choice: Choice) -> str:
        guest = Guest(self.tier, self.points, self.uses)
        found = refusals(choice, self.place, guest, self.counters, self.now)
        return next((refusal.sentence for refusal in found), "")
