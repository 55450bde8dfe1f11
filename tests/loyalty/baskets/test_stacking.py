"""Rewards in one basket: the best combination, the same in any order, and a reason for each that is not had.

What one of them takes off (loyalty.baskets.discounting) is tested here, too.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import InvalidInput
from loyalty.baskets.basket import Basket, BasketLine, BasketResult
from loyalty.baskets.stacking import MAX_EXACT, Asked, evaluate
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import Choice, Guest, RewardPlace, RewardUse, Wanted, WhyNot
from loyalty.rewards.rewards import Rewards

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HERE = RewardPlace("cafe", "s-1")
LATTE, CAKE, CARD = ("latte", 350, "coffee"), ("cake", 499, "bakery"), ("gift-card", 2000, None)


def reward(id_: str, discount: dict[str, Any] | None = None, price: int = 0, **more: Any) -> dict[str, Any]:
    discounts = {} if discount is None else {"discount": discount}
    return {"id": id_, "name": id_, "kind": "discount", "price": price, **discounts, **more}


RULES = Rewards.model_validate(
    {
        "stacking_groups": ["season", "member"],
        "undiscounted": {"products": ["gift-card"]},
        "budgets": [
            {"id": "spring", "amount": "5 USD"},
            {"id": "few", "uses": 2},
        ],
        "rewards": [
            reward("tenth", {"percent": 10}, group="season"),
            reward("third", {"percent": 33.33}, group="season", price=40),
            reward("five", {"amount": "5 USD", "minimum": "12 USD"}, group="member"),
            reward("cakes", {"percent": 50, "categories": ["bakery"]}, budget="spring"),
            reward("free-latte", {"percent": 100, "products": ["latte"], "most": 1}, price=30, budget="few"),
            reward("third-free", {"percent": 100, "products": ["latte"], "buy": 2, "get": 1}),
            reward("cent", {"amount": "0.01 USD", "products": ["latte", "cake"]}, per_basket=1),
            reward("cash", price=50, value="2.50 USD") | {"kind": "amount"},
            reward("mug", price=20, value="4 USD", stock=1) | {"kind": "product"},
            reward("euro", {"amount": "1 EUR"}),
        ],
        "coupons": [{"id": "hello", "reward": "tenth", "kind": "mass", "code": "HELLO", "per_guest": 1}],
    }
)
IDS = [one.id for one in RULES.rewards]


def basket(*lines: tuple[tuple[str, int, str | None], int]) -> Basket:
    return Basket(
        HERE, "USD", tuple(BasketLine.at_price(name, price, Decimal(many), kind) for (name, price, kind), many in lines)
    )


def asked(*ids: str, rules: Rewards = RULES) -> list[Asked]:
    return [Choice.find(Wanted(rules, id_), {}) for id_ in ids]


def judged(
    lines: Basket,
    wanted: Sequence[Asked],
    points: int = 0,
    counters: Iterable[LimitCounter] = (),
    uses: Iterable[RewardUse] = (),
) -> BasketResult:
    return evaluate(lines, RULES, Guest("member", points, tuple(uses)), wanted, {one.key: one for one in counters}, NOW)


def had(result: BasketResult) -> dict[str, int]:
    return {one.choice.reward.id: sum(one.off) for one in result.applied}


def whys(result: BasketResult) -> list[WhyNot]:
    return [one.refusals[0].why for one in result.refused]


def hello() -> Asked:
    return Choice.find(Wanted(RULES, coupon="hello"), {})


# --- Properties -----------------------------------------------------------------------------------------------------

PRODUCTS = st.sampled_from([("latte", "coffee"), ("cake", "bakery"), ("gift-card", None), ("tea", None)])
LINES = st.lists(
    st.builds(
        lambda product, price, many: BasketLine.at_price(product[0], price, Decimal(many), product[1]),
        PRODUCTS,
        st.integers(0, 999),
        st.sampled_from(["1", "2", "3", "5", "0.375"]),
    ),
    max_size=5,
)
WISHES = st.lists(st.sampled_from([*IDS, "hello", "no-such"]), max_size=5)
POINTS = st.integers(0, 150)


def wishes(ids: Iterable[str]) -> list[Asked]:
    return [hello() if id_ == "hello" else asked(id_)[0] for id_ in ids]


def worth(result: BasketResult) -> tuple[int, int, int, int]:
    gifts = [one for one in result.applied if one.choice.reward.off is None]
    off = sum(sum(one.off) for one in result.applied)
    return (
        off + sum(one.choice.reward.value.minor for one in gifts if one.choice.reward.value),
        len(gifts),
        -result.points,
        -len(result.applied),
    )


@given(lines=LINES, ids=WISHES, points=POINTS)
@settings(max_examples=150, deadline=None)
def test_amounts_add_up_and_nothing_is_below_zero_or_skipped(lines: list[BasketLine], ids: list[str], points: int):
    result = judged(Basket(HERE, "USD", tuple(lines)), wishes(ids), points)
    for place, line in enumerate(lines):
        off = [one.off[place] for one in result.applied]
        assert min((*off, result.left[place])) >= 0
        assert result.left[place] + sum(off) == line.minor
        if line.product == "gift-card":
            assert result.left[place] == line.minor
    assert sorted(one.at for one in (*result.applied, *result.refused)) == list(range(len(ids)))
    assert all(one.refusals and one.refusals[0].sentence for one in result.refused)
    assert result.points <= points


@given(lines=LINES, ids=WISHES, points=POINTS, seed=st.integers(0, 1000))
@settings(max_examples=150, deadline=None)
def test_the_order_of_lines_and_of_rewards_makes_no_difference(
    lines: list[BasketLine], ids: list[str], points: int, seed: int
):
    chance = random.Random(seed)
    other, turned = chance.sample(lines, len(lines)), chance.sample(ids, len(ids))
    one = judged(Basket(HERE, "USD", tuple(lines)), wishes(ids), points)
    two = judged(Basket(HERE, "USD", tuple(other)), wishes(turned), points)
    assert _shown(one, lines, ids) == _shown(two, other, turned)


def _shown(result: BasketResult, lines: Sequence[BasketLine], ids: Sequence[str]) -> Any:
    by_line = Counter(
        (line, left, tuple(sorted((one.choice.reward.id, one.off[place]) for one in result.applied)))
        for place, (line, left) in enumerate(zip(lines, result.left, strict=True))
    )
    return by_line, Counter((ids[one.at], *one.refusals) for one in result.refused)


@given(lines=LINES, ids=WISHES, points=POINTS)
@settings(max_examples=150, deadline=None)
def test_no_combination_is_better(lines: list[BasketLine], ids: list[str], points: int):
    basket, wanted = Basket(HERE, "USD", tuple(lines)), wishes(ids)
    best = judged(basket, wanted, points)
    for many in range(len(wanted) + 1):
        for some in combinations(wanted, many):
            result = judged(basket, some, points)
            if not result.refused:  # this very combination is possible
                assert worth(result) <= worth(best)
    again = judged(basket, [wanted[one.at] for one in best.applied], points)
    assert not again.refused
    assert worth(again) == worth(best)


@given(lines=LINES, ids=st.lists(st.sampled_from(IDS), min_size=MAX_EXACT + 1, max_size=20), points=POINTS)
@settings(max_examples=30, deadline=None)
def test_of_many_rewards_the_guest_gets_no_less_than_of_one(lines: list[BasketLine], ids: list[str], points: int):
    basket, wanted = Basket(HERE, "USD", tuple(lines)), wishes(ids)
    result = judged(basket, wanted, points)
    assert all(worth(judged(basket, [one], points)) <= worth(result) for one in wanted)
    assert result.total + sum(sum(one.off) for one in result.applied) == basket.subtotal


# --- Stories --------------------------------------------------------------------------------------------------------


def test_line_then_cart_then_points() -> None:
    """Half of 9.98, a tenth of the 11.99 that is left of all, then 2.50 of what that leaves."""
    result = judged(basket((LATTE, 2), (CAKE, 2)), [*asked("cash", "cakes"), hello()], points=50)
    assert had(result) == {"cash": 250, "cakes": 499, "tenth": 119}
    assert (result.total, sum(result.paid_with_points), result.points) == (830, 250, 50)


def test_one_of_a_group_is_had_the_best_one() -> None:
    result = judged(basket((LATTE, 4)), [hello(), *asked("third")], points=40)
    assert had(result) == {"third": 466}
    assert [one.sentence for one in result.refused[0].refusals] == ["It is not had together with third."]


def test_two_of_the_same_group_are_not_picked_by_chance() -> None:
    """reaction#6820, reaction#6823, saleor#14920: without points for the better one, the other one is had, always."""
    for wanted in ([hello(), *asked("third")], [*asked("third"), hello()]):
        result = judged(basket((LATTE, 4)), wanted, points=39)
        assert had(result) == {"tenth": 140}
        assert whys(result) == [WhyNot.NOT_ENOUGH_POINTS]


@pytest.mark.parametrize(("many", "free"), [(2, 0), (3, 1), (5, 1), (6, 2), (7, 2), (9, 3)])
def test_of_each_three_one_is_free(many: int, free: int) -> None:
    """medusa#13265: two are bought for each that is free, and none is counted twice."""
    result = judged(basket((LATTE, many)), asked("third-free", "third-free"))
    assert result.total == 350 * (many - free)


def test_a_code_is_never_skipped_without_a_word() -> None:
    """medusa#15396."""
    wanted = [Choice.find(Wanted(RULES, code="hash"), {}), *asked("no-such", "tenth", "euro", "five")]
    result = judged(basket((LATTE, 1)), wanted)
    assert whys(result) == [
        WhyNot.COUPON_NOT_VALID,
        WhyNot.UNKNOWN,
        WhyNot.COUPON_NEEDED,
        WhyNot.WRONG_CURRENCY,
        WhyNot.MINIMUM_NOT_REACHED,
    ]


def test_a_discount_is_of_what_earlier_ones_left() -> None:
    """shopware#13674, BroadleafCommerce#129: an amount off the cart counts once, and never what is gone already."""
    result = judged(basket((LATTE, 1), (CAKE, 2)), asked("five", "free-latte", "cakes"), points=30)
    assert had(result) == {"five": 499, "free-latte": 350, "cakes": 499}
    assert result.total == 0


def test_a_reward_is_used_as_often_as_it_may() -> None:
    result = judged(basket((LATTE, 5)), asked(*["free-latte"] * 4), points=1000)
    assert result.total == 3 * 350
    assert whys(result) == [WhyNot.BUDGET_SPENT] * 2
    assert whys(judged(basket((LATTE, 5)), asked("cent", "cent"))) == [WhyNot.BASKET_LIMIT_REACHED]
    used = RewardUse("tenth", "hello", at="2026-01-01T00:00:00+00:00")
    assert whys(judged(basket((LATTE, 5)), [hello()], uses=[used])) == [WhyNot.COUPON_USED]


def test_a_budget_of_money_counts_what_is_taken_off() -> None:
    assert had(judged(basket((CAKE, 2)), asked("cakes"))) == {"cakes": 499}
    assert whys(judged(basket((CAKE, 3)), asked("cakes"))) == [WhyNot.BUDGET_SPENT]
    gone = LimitCounter("budget|spring|amount", used=2)
    assert whys(judged(basket((CAKE, 2)), asked("cakes"), counters=[gone])) == [WhyNot.BUDGET_SPENT]


def test_what_is_had_beside_the_basket_counts_its_value() -> None:
    """20 points are enough for the mug of 4.00, and for no 2.50 off: 50 are needed."""
    result = judged(basket((LATTE, 1)), asked("mug", "cash"), points=50)
    assert had(result) == {"mug": 0}
    assert whys(result) == [WhyNot.NOT_ENOUGH_POINTS]


def test_nothing_to_take_off_uses_nothing() -> None:
    result = judged(basket((CARD, 1)), [hello(), *asked("cash")], points=100)
    assert result.points == 0
    assert whys(result) == [WhyNot.NOTHING_TO_DISCOUNT] * 2


def test_what_remains_of_a_share_goes_to_the_dearest() -> None:
    """2.50 of 3.50 and 4.99: 1.03 and 1.46, and the last cent to the cake."""
    result = judged(basket((LATTE, 1), (CAKE, 1)), asked("cash"), points=50)
    assert result.applied[0].off == (103, 147)


def test_the_cheapest_unit_is_free() -> None:
    result = judged(basket((("latte", 450, None), 1), (LATTE, 1)), asked("free-latte"), points=30)
    assert result.applied[0].off == (0, 350)


def test_a_reward_that_brings_nothing_more_is_not_used() -> None:
    """A free latte takes as much off with the cent as without it."""
    result = judged(basket((LATTE, 1)), asked("cent", "free-latte"), points=30)
    assert had(result) == {"free-latte": 350}
    assert whys(result) == [WhyNot.NOT_TOGETHER]


@pytest.mark.parametrize("lines", [[BasketLine("p", -1)], [BasketLine("p", 1, Decimal(0))], [BasketLine("p", 1)] * 101])
def test_a_basket_that_is_none_is_refused(lines: list[BasketLine]) -> None:
    with pytest.raises(InvalidInput):
        Basket(HERE, "USD", tuple(lines))
