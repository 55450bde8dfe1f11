"""Which offers a guest can have for the basket of a check, and which of those that are applied to it are had together.
It is decided as for any basket: `loyalty.baskets.stacking`. Nothing changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from connectors.toast.till_offers import MAX_OFFERS, choices
from connectors.toast.till_request import TillRedemption
from loyalty.baskets.basket import AppliedReward
from loyalty.baskets.stacking import BasketChoice
from loyalty.rewards.reward_choice import Choice, Wanted
from loyalty.rewards.rewards import Reward


class BasketVerdicts(NamedTuple):
    """Of offers that are applied to a check, in their order: why each is not valid, empty where it is; and what those
    that are take off, in minor units."""

    reasons: list[str]
    off: list[int]


@dataclass(slots=True)
class BasketDesk:
    """What a guest could have for a basket. `had`: the offers on the check that are valid, once they are judged."""

    chooser: BasketChoice
    had: list[Choice] = field(default_factory=list[Choice])

    def judge(self, redemptions: Sequence[TillRedemption]) -> BasketVerdicts:
        """An offer that is applied several times is had so often, or it is not valid."""
        wanted = [
            (at, Choice.find(Wanted(self.chooser.rules, reward=one.identifier), {}))
            for at, one in enumerate(redemptions)
            for _ in range(one.quantity)
        ]
        result = self.chooser.of([choice for _, choice in wanted])
        reasons, off = dict[int, str](), Counter[int]()
        for one in result.refused:
            reasons.setdefault(wanted[one.at][0], one.refusals[0].sentence)
        for one in result.applied:
            off[wanted[one.at][0]] += sum(one.off)
        self.had = [one.choice for one in result.applied if wanted[one.at][0] not in reasons]
        places = range(len(redemptions))
        return BasketVerdicts([reasons.get(at, "") for at in places], [off[at] for at in places])

    def offers(self) -> list[tuple[Reward, int]]:
        """The rewards that the guest could have now beside those that are had, in the order of the programme, and what
        each takes off."""
        return list(islice(self._free(), MAX_OFFERS))

    def _free(self) -> Iterator[tuple[Reward, int]]:
        for choice in choices(self.chooser.rules):
            found = self.chooser.beside(self.had, choice)
            if isinstance(found, AppliedReward):
                yield choice.reward, sum(found.off)
