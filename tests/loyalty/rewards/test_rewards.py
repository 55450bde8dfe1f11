"""Rewards, budgets and coupons as the programme's file has them: read, bounded, and each mistake named."""

from __future__ import annotations

from datetime import date

import pytest

from domain.config_file import parse_config
from domain.errors import SetupError
from loyalty.programme.programme import Programme
from loyalty.rewards.reward_amount import Amount
from loyalty.rewards.rewards import CouponKind, Period

RULES = """
points_per_unit: {default: 1}
tiers: [{name: member, from: 0}, {name: gold, from: 100}]
"""
COFFEE = "{id: coffee, name: Free coffee, kind: product, price: 100}"


def read(text: str) -> Programme:
    return parse_config(Programme, RULES + text, what="The loyalty rules", hint="?")


def test_what_the_file_says_is_read_and_can_be_written_again() -> None:
    found = read("""
budgets: [{id: spring, points: 5000, amount: 250 USD}]
rewards:
  - id: coffee
    name: Free coffee
    kind: product
    price: {default: 100, gold: 80}
    value: 3.50 USD
    brands: [cafe]
    channels: [takeaway]
    first_day: 2026-03-01
    last_day: 2026-03-31
    stock: 10
    per_guest: {most: 2, every: month}
    budget: spring
  - {id: drink, name: A drink, kind: product, price: {gold: 0}}
coupons:
  - {id: hello, reward: drink, kind: mass, code: Hello-10, uses: 100, per_guest: 1}
  - {id: birthday, reward: drink, kind: personal}
""")
    coffee, drink = found.rewards
    assert (coffee.value, coffee.price_for("gold"), coffee.price_for("member"), coffee.price_for(None)) == (
        Amount(350, "USD"), 80, 100, 100,
    )  # fmt: skip
    assert (drink.price_for("gold"), drink.price_for("member")) == (0, None)
    assert found.mass_coupon("hello 10") is found.coupons[0]
    assert found.mass_coupon("hello") is None
    assert [one.kind for one in found.coupons_of(drink)] == [CouponKind.MASS, CouponKind.PERSONAL]
    assert Programme.model_validate_json(found.model_dump_json(by_alias=True)) == found


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"rewards: [{COFFEE}, {COFFEE}]", "two rewards are called coffee"),
        ("rewards: [{id: coffee, name: Coffee, kind: product}]", "rewards.0.price"),
        ("rewards: [{id: coffee, name: Coffee, kind: cup, price: 1}]", "rewards.0.kind"),
        ("rewards: [{id: Coffee, name: Coffee, kind: product, price: 1}]", "rewards.0.id"),
        ("rewards: [{id: coffee, name: Coffee, kind: product, price: -1}]", "rewards.0.price.default"),
        ("rewards: [{id: coffee, name: Coffee, kind: product, price: {vip: 1}}]", "tier vip"),
        ("rewards: [{id: coffee, name: Coffee, kind: product, price: 1, stock: 0}]", "rewards.0.stock"),
        ("rewards: [{id: coffee, name: Coffee, kind: product, price: 1, value: 3}]", "rewards.0.value"),
        ("rewards: [{id: coffee, name: Coffee, kind: product, price: 1, value: much USD}]", "such as 3.50 USD"),
        ("rewards: [{id: coffee, name: Coffee, kind: product, price: 1, value: 0.001 USD}]", "finer than USD"),
        ("rewards: [{id: coffee, name: Coffee, kind: product, price: 1, value: -1 USD}]", "above zero"),
        ("rewards: [{id: coffee, name: Coffee, kind: product, price: 1, budget: spring}]", "budget spring"),
        (
            "budgets: [{id: spring, amount: 5 EUR}]\n"
            "rewards: [{id: coffee, name: Coffee, kind: product, price: 1, budget: spring, value: 1 USD}]",
            "value in EUR",
        ),
        (
            "rewards: [{id: c, name: C, kind: product, price: 1, first_day: 2026-03-02, last_day: 2026-03-01}]",
            "last_day is before first_day",
        ),
        ("budgets: [{id: spring}]", "give points, uses or amount"),
        ("coupons: [{id: hello, reward: coffee, kind: mass, code: HELLO}]", "reward coffee"),
        (f"rewards: [{COFFEE}]\ncoupons: [{{id: hello, reward: coffee, kind: mass}}]", "a mass coupon has a code"),
        (
            f"rewards: [{COFFEE}]\ncoupons: [{{id: hello, reward: coffee, kind: personal, code: HELLO}}]",
            "a personal one has none",
        ),
        (
            f"rewards: [{COFFEE}]\ncoupons: [{{id: a, reward: coffee, kind: mass, code: HE-LLO}}, "
            "{id: b, reward: coffee, kind: mass, code: hello}]",
            "codes of coupons",
        ),
    ],
)
def test_a_mistake_is_named(text: str, named: str) -> None:
    with pytest.raises(SetupError, match=named):
        read(text)


@pytest.mark.parametrize(
    ("period", "begins"),
    [(Period.DAY, "2026-03-31"), (Period.MONTH, "2026-03-01"), (Period.YEAR, "2026-01-01"), (Period.EVER, "")],
)
def test_a_period_begins(period: Period, begins: str) -> None:
    assert period.begins(date(2026, 3, 31)) == begins
