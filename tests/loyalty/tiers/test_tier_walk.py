"""A tier is a pure function of orders, rules and a moment: proven for any orders, and told in a few stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.stats import Tally
from loyalty.periods import end_of_months, months_later
from loyalty.programme.tier_rules import Qualifying, Tier, TierRules
from loyalty.tiers.tier_walk import TiersBefore, TierStanding, in_order, standing

START = datetime(2026, 1, 1, tzinfo=UTC)
FAR = START + timedelta(days=4_000)
NAMES = ("member", "silver", "gold", "vip")


@dataclass(frozen=True, slots=True)
class Paid:
    key: str
    at: datetime
    minor: int
    points: int
    currency: str = "USD"


def rules(keeps: tuple[int, ...] = (0, 100, 200, 300), **qualifying: Any) -> TierRules:
    """Tiers from 100, 200 and 300, kept with `keeps`."""
    tiers = [
        Tier.model_validate({"name": name, "from": 100 * level, "keep": keep})
        for level, (name, keep) in enumerate(zip(NAMES, keeps, strict=True))
    ]
    return TierRules(tuple(tiers), Qualifying(**qualifying))


def paid(day: str, amount: int) -> Paid:
    return Paid(f"{day} {amount}", datetime.fromisoformat(f"{day}T12:00:00+00:00"), 100 * amount, amount)


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+00:00")


def tier(by: TierRules, orders: list[Paid], day: str) -> TierStanding:
    return standing(by, orders, "USD", at(day))


def test_a_tier_of_a_year_is_kept_to_the_end_of_the_next_one_and_its_grace() -> None:
    year, orders = rules(months=12, grace=31), [paid("2026-03-01", 150), paid("2026-06-01", 60)]
    assert tier(year, orders[:1], "2026-04-01") == TierStanding(
        "silver", orders[0].at, at("2028-02-01"), next="gold", to_next=5_000, to_keep=0
    )
    assert tier(year, orders, "2026-12-31").tier == "gold"
    assert tier(year, orders, "2027-05-01").to_keep == 20_000
    assert tier(year, orders, "2028-01-31").tier == "gold"
    assert tier(year, orders, "2028-02-01") == TierStanding("member", at("2028-02-01"), None, "silver", 10_000)


def test_a_lower_threshold_keeps_a_tier_and_reaches_none() -> None:
    lower, orders = rules((0, 50, 120, 300), months=12), [paid("2026-03-01", 200), paid("2027-03-01", 120)]
    assert tier(lower, orders, "2028-12-31").tier == "gold"
    assert tier(lower, orders[1:], "2028-12-31").tier == "silver"
    assert tier(lower, [paid("2026-03-01", 200), paid("2027-03-01", 119)], "2028-01-01").tier == "silver"


def test_a_guest_lands_softly_one_tier_each_period() -> None:
    soft, orders = rules(months=3, soft_landing=True), [paid("2026-01-10", 350)]
    seen = [tier(soft, orders, day).tier for day in ("2026-06-30", "2026-07-01", "2026-10-01", "2027-01-01")]
    assert seen == ["vip", "gold", "silver", "member"]


def test_without_a_soft_landing_a_guest_falls_to_what_the_next_period_reached() -> None:
    hard, orders = rules(months=12), [paid("2026-01-10", 350), paid("2027-01-10", 110)]
    assert tier(hard, orders, "2028-01-01") == TierStanding(
        "silver", at("2028-01-01"), at("2029-01-01"), "gold", 20_000, 10_000
    )


def test_rolling_months_count_back_from_each_order() -> None:
    rolling = rules(months=6, rolling=True)
    orders = [paid("2026-01-10", 60), paid("2026-07-09", 60)]
    assert tier(rolling, orders, "2026-07-10").until == months_later(orders[1].at, 6)
    assert tier(rolling, orders, "2026-07-11").to_keep == 4_000
    assert tier(rolling, [orders[0], paid("2026-07-11", 60)], "2026-07-12").tier == "member"


def test_visits_and_points_count_too() -> None:
    orders = [paid("2026-01-10", 250), paid("2026-01-11", 20)]
    assert tier(rules(by="points", months=1), orders, "2026-01-12").to_next == 30
    assert tier(rules(by="visits", months=1), orders, "2026-01-12").to_next == 98
    euros = [Paid("e", START, 99_900, 0, "EUR")]
    assert tier(rules(months=1), euros, "2026-01-12").tier == "member"


def test_the_end_of_a_month_goes_to_the_next_day_there_is() -> None:
    assert months_later(at("2026-01-31"), 1) == at("2026-03-01")
    assert months_later(at("2026-12-31"), 2) == at("2027-03-01")
    assert months_later(at("2026-01-28"), 1) == at("2026-02-28")


def _paid(key: int, hours: int, amount: int) -> Paid:
    return Paid(str(key), START + timedelta(hours=hours), 100 * amount, amount)


def _rules(keeps: tuple[int, ...], period: dict[str, Any]) -> TierRules:
    return rules(keeps, **period)


_ORDERS = st.lists(
    st.builds(_paid, st.integers(0, 10**6), st.integers(0, 24 * 1_200), st.integers(0, 250)),
    max_size=14,
    unique_by=lambda one: one.key,
)
_KEEPS = st.sampled_from([(0, 100, 200, 300), (0, 60, 60, 300), (0, 0, 150, 150), (0, 1, 2, 3)])
_PERIODS = st.fixed_dictionaries(
    {
        "months": st.sampled_from([1, 3, 12]),
        "rolling": st.booleans(),
        "grace": st.sampled_from([0, 10, 40]),
        "soft_landing": st.booleans(),
        "by": st.sampled_from(["spend", "points", "visits"]),
    }
)
_RULES = st.builds(_rules, _KEEPS, _PERIODS)
_NOW = st.integers(0, 24 * 2_000).map(lambda hours: START + timedelta(hours=hours))


@given(_RULES, _ORDERS, _NOW, st.data())
def test_neither_arrival_nor_the_guests_records_make_a_difference(
    by: TierRules, orders: list[Paid], now: datetime, data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(orders))
    assert standing(by, orders, "USD", now) == standing(by, shuffled, "USD", now)


@given(_RULES, _ORDERS, _NOW)
def test_until_is_the_exact_moment_at_which_a_tier_falls(by: TierRules, orders: list[Paid], now: datetime) -> None:
    found = standing(by, orders, "USD", now)
    if found.until is None:
        assert standing(by, orders, "USD", FAR).tier == found.tier == "member"
        return
    last = max([now, *(order.at for order in orders)])
    assert found.until > last
    just_before = standing(by, orders, "USD", found.until - timedelta(microseconds=1))
    assert (just_before.tier, just_before.since, just_before.until) == (found.tier, found.since, found.until)
    after, level = standing(by, orders, "USD", found.until), NAMES.index(found.tier)
    assert NAMES.index(after.tier) < level
    assert after.since == found.until
    if by.qualifying.soft_landing:
        assert NAMES.index(after.tier) == level - 1
        months, grace = by.qualifying.months or 0, timedelta(days=by.qualifying.grace)
        if after.until is not None:
            assert after.until - grace >= months_later(found.until - grace, months), "one tier in each period"


@given(_RULES, _ORDERS)
def test_a_tier_is_never_above_what_some_period_reached(by: TierRules, orders: list[Paid]) -> None:
    now = max((order.at for order in orders), default=START)
    found = NAMES.index(standing(by, orders, "USD", now).tier)
    reach = [threshold for threshold, _ in by.thresholds("USD")]
    months, best = by.qualifying.months or 0, 0
    for one in orders:
        if by.qualifying.rolling:
            within = [o for o in orders if o.at <= one.at < months_later(o.at, months)]
        else:
            within = [o for o in orders if end_of_months(o.at, months) == end_of_months(one.at, months)]
        best = max(best, sum(by.value("USD", o.currency, o.minor, o.points) for o in within))
    assert found <= max(level for level, least in enumerate(reach) if least <= best)


@given(_RULES, _ORDERS, _NOW)
def test_what_is_missing_for_the_next_tier_reaches_it(by: TierRules, orders: list[Paid], now: datetime) -> None:
    now = max([now, *(order.at for order in orders)])
    found = standing(by, orders, "USD", now)
    assume(found.to_next is not None and by.qualifying.by != "visits")
    assert found.to_next is not None
    assert found.to_next > 0
    enough, less = (Paid("z", now, found.to_next - left, found.to_next - left) for left in (0, 1))
    assert standing(by, [*orders, enough], "USD", now).tier == found.next
    assert standing(by, [*orders, less], "USD", now).tier == found.tier


@given(_ORDERS, st.sampled_from(["spend", "points", "visits"]))
def test_without_a_period_a_tier_is_that_of_the_sums(orders: list[Paid], by: str) -> None:
    ever, sums = rules(by=by), Tally()
    for one in orders:
        sums.add(1, one.points, one.currency, one.minor)
    found = standing(ever, orders, "USD", FAR)
    assert (found.until, found.to_keep) == (None, None)
    assert ever.of_sums("USD", sums) in (found.tier, None)


@given(st.lists(_RULES, min_size=2, max_size=3), _ORDERS, st.data())
def test_the_tier_before_an_order_is_that_of_all_orders_before_by_its_own_rules(
    several: list[TierRules], orders: list[Paid], data: st.DataObject
) -> None:
    before, seen = TiersBefore("USD"), list[Paid]()
    for one in in_order(orders):
        by = data.draw(st.sampled_from(several))
        assert before.of(one, by) == standing(by, seen, "USD", one.at).tier
        before.add(one)
        seen.append(one)


@pytest.mark.parametrize("months", [1, 3, 24])
def test_a_period_ends_where_the_next_one_begins(months: int) -> None:
    end = end_of_months(START, months)
    assert end_of_months(end - timedelta(microseconds=1), months) == end
    assert end_of_months(end, months) == months_later(end, months)
