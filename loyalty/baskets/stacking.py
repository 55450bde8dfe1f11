"""Which of the rewards that a guest wants for a basket are had together, and why others are not. Pure: the same input
gives the same result, in whatever order the lines and the rewards come.

Rewards come off in one order: those of single units (line), those of the whole basket (cart), and points to cash
(points); among these by stacking group, in the order of the programme, with rewards of no group at the end; then by
id. Each comes off what the ones before have left. Of one stacking group, one reward is had.

Of all combinations that are possible, the guest gets the best one: the most comes off (what is had beside the basket
counts its value); then the most that is had beside the basket; then the fewest points; then the fewest rewards; then
the one that has what comes first in the order above. Up to `MAX_EXACT` rewards it is the best of all combinations.
Beyond that, rewards are added one by one, each time the one that makes the best combination, until none makes a better
one. Either way it is no worse than any reward alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from loyalty.baskets.basket import AppliedReward, Basket, BasketResult, RefusedReward
from loyalty.baskets.discounting import BasketUnits
from loyalty.rewards.discount_rules import Discount, DiscountStage
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import (
    Choice,
    Guest,
    RewardRefusal,
    WhyNot,
    general_refusals,
    own_limits,
)
from loyalty.rewards.rewards import Rewards

MAX_EXACT = 12
"""Up to so many rewards the best combination is found; of more, a good one."""

Asked = Choice | RewardRefusal
"""A reward that is wanted, or why there is no such reward."""


def evaluate(
    basket: Basket,
    rules: Rewards,
    guest: Guest,
    wanted: Sequence[Asked],
    counters: Mapping[str, LimitCounter],
    now: datetime,
) -> BasketResult:
    """What comes of each reward that is wanted. `counters`: as in `reward_choice.refusals`."""
    return BasketChoice(basket, rules, guest, counters, now).of(wanted)


@dataclass(frozen=True, slots=True)
class BasketChoice:
    """A guest with a basket at a moment: chooses among rewards."""

    basket: Basket
    rules: Rewards
    guest: Guest
    counters: Mapping[str, LimitCounter]
    now: datetime

    def of(self, wanted: Sequence[Asked]) -> BasketResult:
        units = BasketUnits.of(self.basket, self.rules.undiscounted)
        refused, candidates = list[RefusedReward](), list[_Candidate]()
        for at, asked in enumerate(wanted):
            why = [asked] if isinstance(asked, RewardRefusal) else self._alone(asked)
            if why or isinstance(asked, RewardRefusal):
                refused.append(RefusedReward(at, tuple(why)))
            else:
                candidates.append(self._candidate(at, asked, units))
        candidates.sort(key=lambda one: (one.turn, one.at))
        best = (_best if len(candidates) <= MAX_EXACT else _good)(candidates, _start(units))
        had = {one.at for one, _ in best.had}
        for one in candidates:
            if one.at not in had:
                refused.append(RefusedReward(one.at, (_why_not(one, candidates, had, units),)))
        return _result(best, refused, units)

    def beside(self, had: Sequence[Choice], one: Choice) -> AppliedReward | RewardRefusal:
        """What one more reward would take off if all of `had`, which are had together, stay; or why it is not had."""
        if why := self._alone(one):
            return why[0]
        units = BasketUnits.of(self.basket, self.rules.undiscounted)
        candidates = [self._candidate(at, choice, units) for at, choice in enumerate((*had, one))]
        candidates.sort(key=lambda candidate: (candidate.turn, candidate.at))
        together = _all_of(candidates, _start(units))
        if not isinstance(together, _Combination):
            stopped, refusal = together
            return refusal if stopped.at == len(had) else _not_with(stopped)
        return next(found for found in _applied(together, units) if found.at == len(had))

    def _alone(self, choice: Choice) -> list[RewardRefusal]:
        """Why it is not had in any combination."""
        off = choice.reward.off
        found = list(
            general_refusals(choice, self.basket.place, self.guest, self.counters, self.now, worth=1 if off else 0)
        )
        return found if off is None else [*found, *self._not_of_this_basket(choice, off)]

    def _not_of_this_basket(self, choice: Choice, off: Discount) -> Iterator[RewardRefusal]:
        budget = choice.budget and choice.budget.amount
        for currency in (off.currency, budget and budget.currency):
            if currency is not None and currency != self.basket.currency:
                yield RewardRefusal(WhyNot.WRONG_CURRENCY, f"It is had in {currency} only.")
                return
        lines = [line for line in self.basket.lines if not self.rules.undiscounted.names(line.product, line.category)]
        if off.minimum is not None and sum(line.minor for line in lines) < off.minimum.minor:
            yield RewardRefusal(WhyNot.MINIMUM_NOT_REACHED, f"The basket must cost {off.minimum} before discounts.")

    def _candidate(self, at: int, choice: Choice, units: BasketUnits) -> _Candidate:
        reward, off = choice.reward, choice.reward.off
        points = reward.price_for(self.guest.tier) or 0
        needs = [_Need("points", points, self.guest.points, _TOO_FEW)]
        needs += (_Need(one.key, 1, one.left, one.refusal) for one in own_limits(choice, self.guest, self.now))
        if reward.per_basket is not None:
            needs.append(_Need(f"basket|{reward.id}", 1, reward.per_basket, _often(reward.per_basket)))
        money = None
        for take in choice.takes(points, 1 if off else 0):
            need = _Need(take.key, take.amount, take.left(self.counters, self.now), take.refusal())
            if off is not None and take.key.endswith("|amount"):
                money = need
            else:
                needs.append(need)
        groups = self.rules.stacking_groups
        turn = (
            reward.stage,
            groups.index(reward.group) if reward.group else len(groups),
            reward.id,
            (choice.coupon and choice.coupon.id) or "",
            choice.code or "",
        )
        value = reward.value if off is None else None
        gift = value.minor if value is not None and value.currency == self.basket.currency else 0
        named = () if off is None else units.named(off)
        most = 0 if off is None else units.most_off(off, named)
        return _Candidate(at, choice, turn, points, tuple(needs), money, off, named, most, gift)


class _Need(NamedTuple):
    """What a reward needs of a limit that others may share, and what there is of it."""

    key: str
    amount: int
    left: int
    refusal: RewardRefusal


_TOO_FEW = RewardRefusal(WhyNot.NOT_ENOUGH_POINTS, "The guest has not enough points for all of these rewards.")
_NOTHING = RewardRefusal(WhyNot.NOTHING_TO_DISCOUNT, "There is nothing in the basket that it would take something off.")


def _often(most: int) -> RewardRefusal:
    often = f"{most} times" if most > 1 else "once"
    return RewardRefusal(WhyNot.BASKET_LIMIT_REACHED, f"It is had {often} in a basket.")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A reward that is had unless others stand in its way. `money`: its budget, where that counts what comes off.
    `named`: the units that it is about. `most`: no less than what it takes off. `gift`: what it is worth beside the
    basket."""

    at: int
    choice: Choice
    turn: tuple[DiscountStage, int, str, str, str]
    points: int
    needs: tuple[_Need, ...]
    money: _Need | None
    off: Discount | None
    named: tuple[int, ...]
    most: int
    gift: int


class _Worth(NamedTuple):
    """How good a combination is for the guest: the greater, the better."""

    off: int = 0
    gifts: int = 0
    fewer_points: int = 0
    fewer_rewards: int = 0


@dataclass(frozen=True, slots=True)
class _Combination:
    """What was had so far. `left`: what each unit costs by now. `gone`: how much of each limit is used."""

    left: tuple[int, ...]
    worth: _Worth
    had: tuple[tuple[_Candidate, tuple[tuple[int, int], ...]], ...]
    gone: Mapping[str, int]
    groups: Mapping[str, str]
    counted: int = 0

    def plus(self, one: _Candidate, units: BasketUnits) -> _Combination | RewardRefusal:
        """The combination with a further reward, or why there is none."""
        reward = one.choice.reward
        if reward.group and (other := self.groups.get(reward.group, reward.id)) != reward.id:
            return RewardRefusal(WhyNot.NOT_TOGETHER, f"It is not had together with {other}.")
        for need in one.needs:
            if need.amount and self.gone.get(need.key, 0) + need.amount > need.left:
                return need.refusal
        off, counted, left, gone = list[tuple[int, int]](), self.counted, self.left, dict(self.gone)
        if one.off is not None:
            off, counted = units.taken_off(one.off, one.named, left, counted)
        total = sum(amount for _, amount in off)
        if one.off is not None:
            if not total:
                return _NOTHING
            if one.money is not None:
                if gone.get(one.money.key, 0) + total > one.money.left:
                    return one.money.refusal
                gone[one.money.key] = gone.get(one.money.key, 0) + total
            changed = list(left)
            for unit, amount in off:
                changed[unit] -= amount
            left = tuple(changed)
        for need in one.needs:
            gone[need.key] = gone.get(need.key, 0) + need.amount
        before = self.worth
        worth = _Worth(
            before.off + total + one.gift,
            before.gifts + (one.off is None),
            before.fewer_points - one.points,
            before.fewer_rewards - 1,
        )
        groups = {**self.groups, reward.group: reward.id} if reward.group else self.groups
        return _Combination(left, worth, (*self.had, (one, tuple(off))), gone, groups, counted)


class _Start(NamedTuple):
    units: BasketUnits
    empty: _Combination


def _start(units: BasketUnits) -> _Start:
    return _Start(units, _Combination(units.prices, _Worth(), (), {}, {}))


def _best(candidates: Sequence[_Candidate], start: _Start) -> _Combination:
    """The best of all combinations: a search that leaves out what cannot be better than what it has found."""
    units = start.units
    most = [0] * (len(candidates) + 1)
    gifts = [0] * (len(candidates) + 1)
    for at in reversed(range(len(candidates))):
        most[at], gifts[at] = most[at + 1] + candidates[at].most, gifts[at + 1] + candidates[at].gift
    best = start.empty

    def search(so_far: _Combination, at: int) -> None:
        nonlocal best
        if so_far.worth > best.worth:
            best = so_far
        if at == len(candidates):
            return
        if so_far.worth.off + min(most[at], sum(so_far.left)) + gifts[at] < best.worth.off:
            return
        one = candidates[at]
        if isinstance(more := so_far.plus(one, units), _Combination):
            search(more, at + 1)
        after = at + 1
        while after < len(candidates) and candidates[after].turn == one.turn:
            after += 1  # the same reward once more: had less often, it is the last ones that are left out
        search(so_far, after)

    search(start.empty, 0)
    return best


def _good(candidates: Sequence[_Candidate], start: _Start) -> _Combination:
    """A combination that no single further reward makes better."""
    chosen, best = set[int](), start.empty
    while True:
        found: tuple[_Combination, int] | None = None
        for one in candidates:
            if one.at in chosen:
                continue
            more = _all_of([other for other in candidates if other.at in chosen or other is one], start)
            if isinstance(more, _Combination) and more.worth > (found[0] if found else best).worth:
                found = more, one.at
        if found is None:
            return best
        best = found[0]
        chosen.add(found[1])


def _all_of(candidates: Sequence[_Candidate], start: _Start) -> _Combination | tuple[_Candidate, RewardRefusal]:
    """All of these together; or the first one that is not had, and why."""
    so_far = start.empty
    for one in candidates:
        more = so_far.plus(one, start.units)
        if isinstance(more, RewardRefusal):
            return one, more
        so_far = more
    return so_far


def _why_not(one: _Candidate, candidates: Sequence[_Candidate], had: set[int], units: BasketUnits) -> RewardRefusal:
    """Why a reward is not had beside those that are."""
    together = _all_of([other for other in candidates if other.at in had or other is one], _start(units))
    if not isinstance(together, _Combination):
        stopped, refusal = together
        if stopped is one:
            return refusal
        return _not_with(stopped)
    return RewardRefusal(WhyNot.NOT_TOGETHER, "The other rewards take as much off without it.")


def _not_with(other: _Candidate) -> RewardRefusal:
    return RewardRefusal(WhyNot.NOT_TOGETHER, f"It is not had together with {other.choice.reward.id}.")


def _applied(combination: _Combination, units: BasketUnits) -> list[AppliedReward]:
    return sorted(
        (AppliedReward(one.at, one.choice, one.points, units.by_line(off)) for one, off in combination.had),
        key=lambda one: one.at,
    )


def _result(best: _Combination, refused: Sequence[RefusedReward], units: BasketUnits) -> BasketResult:
    lines = units.basket.lines
    applied = _applied(best, units)
    paid = (one.off for one in applied if one.choice.reward.stage is DiscountStage.POINTS)
    return BasketResult(
        tuple(applied),
        tuple(sorted(refused, key=lambda one: one.at)),
        units.by_line(enumerate(best.left)),
        tuple(map(sum, zip([0] * len(lines), *paid, strict=True))),
    )
