"""Bonuses are a pure function of orders, rules (`loyalty.programme.bonus_rules`) and the programme's versions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.earning.bonuses import MAX_BONUS, SoldOrder, bonuses
from loyalty.programme.programme import CAP, Programme
from loyalty.programme.programme_history import ProgrammeHistory, ProgrammeVersion

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
TIERS = [{"name": "member", "from": 0}, {"name": "gold", "from": 100}]


def programme(*bonus: dict[str, Any], **more: Any) -> Programme:
    named = [{"id": f"b{number}", "name": "Bonus"} | one for number, one in enumerate(bonus)]
    return Programme.model_validate({"points_per_unit": {"default": 1}, "tiers": TIERS, "bonuses": named} | more)


def order(key: str, days: float = 0, total: int = 10, **more: Any) -> SoldOrder:
    values = {"brand": "grill", "store": "s1", "channel": "dine_in", "currency": "USD"} | more
    return SoldOrder(key=key, at=MONDAY + timedelta(days=days), minor=100 * total, points=total, **values)


def given_by(rules: Programme | ProgrammeHistory, *orders: SoldOrder) -> dict[str, int]:
    """Points beyond those of the orders themselves, by order."""
    history = ProgrammeHistory(rules) if isinstance(rules, Programme) else rules
    sums = Counter[str]()
    for one in bonuses(history, orders, "USD"):
        sums[one.order] += one.points
    return dict(sums)


def test_the_first_order_is_that_of_the_earliest_time_also_where_it_comes_last() -> None:
    welcome = programme({"points": 50, "first": "group"})
    assert given_by(welcome, order("b", 1)) == {"b": 50}
    assert given_by(welcome, order("b", 1), order("a", 0)) == {"a": 50}


def test_a_first_order_may_be_that_at_a_brand_or_a_store() -> None:
    by_brand, by_store = (programme({"points": 5, "first": span}) for span in ("brand", "store"))
    orders = [order("a"), order("b", 1, brand="cafe"), order("c", 2, brand="cafe", store="s2")]
    assert given_by(by_brand, *orders) == {"a": 5, "b": 5}
    assert given_by(by_store, *orders) == {"a": 5, "c": 5}


@pytest.mark.parametrize(
    ("which", "passes"),
    [
        ({"brands": ["grill"]}, True),
        ({"brands": ["cafe"]}, False),
        ({"stores": ["s1"]}, True),
        ({"channels": ["delivery"]}, False),
        ({"products": ["latte", "tea"]}, True),
        ({"products": ["tea"]}, False),
        ({"weekdays": ["monday"]}, True),
        ({"weekdays": ["tuesday", "sunday"]}, False),
        ({"from": "12:00", "until": "13:00"}, True),
        ({"from": "09:00", "until": "12:00"}, False),
        ({"from": "22:00", "until": "12:30"}, True),
        ({"from": "22:00", "until": "02:00"}, False),
        ({"until": "12:00"}, False),
        ({"at_least": "10.00"}, True),
        ({"at_least": "10.01"}, False),
        ({"tiers": ["member"]}, True),
        ({"tiers": ["gold"]}, False),
    ],
)
def test_a_filter_lets_through_what_it_names(which: dict[str, Any], passes: bool) -> None:
    found = given_by(programme({"points": 7, "orders": which}), order("a", items={"latte": Decimal(1)}))
    assert found == ({"a": 7} if passes else {})


def test_times_of_the_day_are_those_of_the_store() -> None:
    morning = programme({"points": 7, "orders": {"until": "12:00"}})
    there = replace(order("a"), at=MONDAY.astimezone(timezone(timedelta(hours=-5))))
    assert given_by(morning, there) == {"a": 7}


def test_points_are_multiplied_and_rounded_down() -> None:
    assert given_by(programme({"times": "2.5"}), order("a", total=7)) == {"a": 10}


def test_a_tier_multiplies_from_the_order_after_that_which_reached_it() -> None:
    gold = programme({"times": 2, "orders": {"tiers": ["gold"]}})
    assert given_by(gold, order("a", 0, 100), order("b", 1, 10)) == {"b": 10}


def test_every_third_order_and_every_tenth_item() -> None:
    third = programme({"points": 9, "every": {"orders": 3}})
    assert given_by(third, *(order(str(day), day) for day in range(7))) == {"2": 9, "5": 9}
    coffee = programme({"points": 30, "every": {"items": 10}, "orders": {"products": ["latte", "mocha"]}})
    cups = [order(str(day), day, items={"latte": Decimal(n), "mocha": Decimal(1)}) for day, n in enumerate((7, 1, 20))]
    assert given_by(coffee, *cups) == {"1": 30, "2": 60}


def test_a_streak_is_broken_by_a_week_without_an_order() -> None:
    weeks = programme({"points": 20, "streak": {"periods": 3, "each": "week"}})
    three = [order("a", 0), order("b", 6), order("c", 13), order("d", 14)]
    assert given_by(weeks, *three) == {"d": 20}
    assert given_by(weeks, *three, order("e", 34), order("f", 36)) == {"d": 20}
    assert given_by(weeks, *three, *(order(f"w{n}", 14 + 7 * n) for n in range(1, 4))) == {"d": 20, "w3": 20}


def test_a_bonus_gives_no_more_than_its_cap_in_a_period() -> None:
    capped = programme({"points": 20, "at_most": {"points": 50, "every": "month"}})
    days = [order(str(day), day) for day in (0, 1, 2, 3, 30)]
    assert given_by(capped, *days) == {"0": 20, "1": 20, "2": 10, "30": 20}


def test_the_programmes_cap_takes_what_is_more_also_of_the_orders_own_points() -> None:
    capped = programme({"points": 5}, at_most={"points": 12, "every": "day"})
    found = bonuses(ProgrammeHistory(capped), [order("a"), order("b", 0.1)], "USD")
    assert [(one.order, one.rule, one.points) for one in found] == [
        ("a", "b0", 5), ("a", CAP, -3), ("b", "b0", 5), ("b", CAP, -15),
    ]  # fmt: skip


def test_a_bonus_has_a_first_and_a_last_day() -> None:
    easter = programme({"points": 5, "first_day": "2026-03-03", "last_day": "2026-03-04"})
    assert given_by(easter, *(order(str(day), day) for day in range(4))) == {"1": 5, "2": 5}


def test_each_order_earns_by_the_version_of_its_time_and_counts_go_on() -> None:
    before = programme({"points": 1, "every": {"orders": 2}})
    after = programme({"points": 3, "every": {"orders": 2}})
    history = ProgrammeHistory(before, [ProgrammeVersion(1, MONDAY + timedelta(days=2), after)])
    found = bonuses(history, [order(str(day), day) for day in range(5)], "USD")
    assert [(one.order, one.version, one.points) for one in found] == [("1", 0, 1), ("3", 1, 3)]


def test_a_streak_that_changes_from_days_to_months_goes_on_by_months() -> None:
    days, months = (programme({"points": 5, "streak": {"periods": 2, "each": each}}) for each in ("day", "month"))
    history = ProgrammeHistory(days, [ProgrammeVersion(1, MONDAY + timedelta(days=10), months)])
    found = bonuses(history, [order(str(day), day) for day in (0, 1, 20, 50)], "USD")
    assert [one.order for one in found] == ["1", "50"]


def test_a_mistyped_quantity_makes_nobody_rich() -> None:
    coffee = programme({"points": 1_000, "every": {"items": 2}, "orders": {"products": ["latte"]}})
    assert given_by(coffee, order("a", items={"latte": Decimal(999_999_999)})) == {"a": MAX_BONUS}


def test_the_hour_that_comes_twice_is_walked_through_in_its_real_order() -> None:
    zone, welcome = ZoneInfo("America/New_York"), programme({"points": 5, "first": "group"})
    early = replace(order("early"), at=datetime(2026, 11, 1, 1, 30, tzinfo=zone))
    late = replace(order("late"), at=datetime(2026, 11, 1, 1, 10, fold=1, tzinfo=zone))
    assert given_by(welcome, late, early) == {"early": 5}


_ORDERS = st.lists(
    st.builds(
        order, st.uuids().map(str), st.integers(0, 60), st.integers(0, 90), brand=st.sampled_from(["grill", "cafe"])
    ),
    max_size=12,
    unique_by=lambda one: one.key,
)  # fmt: skip
_EVERYTHING = programme(
    {"points": 50, "first": "brand"},
    {"times": 3, "orders": {"tiers": ["gold"]}},
    {"points": 10, "every": {"orders": 3}, "at_most": {"points": 20, "every": "month"}},
    {"points": 15, "streak": {"periods": 2, "each": "week"}},
    at_most={"points": 120, "every": "week"},
)


@given(orders=_ORDERS, data=st.data())
def test_the_order_of_arrival_makes_no_difference(orders: list[SoldOrder], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(orders))
    history = ProgrammeHistory(_EVERYTHING)
    assert bonuses(history, orders, "USD") == bonuses(history, shuffled, "USD")


@given(orders=_ORDERS)
def test_a_guest_never_gets_more_than_the_cap_nor_less_than_nothing(orders: list[SoldOrder]) -> None:
    found = given_by(ProgrammeHistory(_EVERYTHING), *orders)
    weeks = Counter[int]()
    for one in orders:
        total = one.points + found.get(one.key, 0)
        assert total >= 0
        weeks[(one.at - MONDAY).days // 7] += total
    assert all(points <= 120 for points in weeks.values())
