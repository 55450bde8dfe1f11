"""Rules of tiers: what qualifies, what keeps, and mistakes that are named with the way to mend them."""

from __future__ import annotations

import pytest

from domain.errors import SetupError
from domain.stats import Tally
from loyalty.programme.programme import parse_programme

LEVELS = (
    "points_per_unit: {}\ntiers: [{name: a, from: 0}, {name: b, from: 10, keep: 8}, {name: c, from: 20, keep: 15}]\n"
)
PLAIN = "points_per_unit: {}\ntiers: [{name: a, from: 0}, {name: b, from: 10}]\n"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (LEVELS, "`keep` needs `qualifying.months`"),
        (PLAIN + "qualifying: {grace: 5}", "need `months`"),
        (PLAIN + "qualifying: {rolling: true}", "need `months`"),
        (PLAIN + "qualifying: {months: 5}", "1, 2, 3, 4, 6, 12"),
        (PLAIN + "qualifying: {months: 0}", "qualifying.months"),
        (PLAIN + "qualifying: {by: stars}", "qualifying.by"),
        (
            LEVELS.replace("keep: 15", "keep: 21") + "qualifying: {months: 12}",
            "`keep` of c is 21, more than its `from`",
        ),
        (LEVELS.replace("keep: 15", "keep: 7") + "qualifying: {months: 12}", "`keep` of c is less than that of b"),
    ],
)
def test_a_mistake_is_named(text: str, named: str) -> None:
    with pytest.raises(SetupError, match=named):
        parse_programme(text)


@pytest.mark.parametrize(("by", "tier"), [("spend", "a"), ("points", "b"), ("visits", None)])
def test_sums_over_all_orders_reach_a_tier(by: str, tier: str | None) -> None:
    sums = Tally(visits=10, points=11, spend={"USD": 999})
    assert parse_programme(f"{PLAIN}qualifying: {{by: {by}}}").tier("USD", sums) == tier


@pytest.mark.parametrize("period", ["months: 12", "months: 5, rolling: true", "months: 24"])
def test_sums_say_nothing_of_a_period(period: str) -> None:
    rules = parse_programme(f"{LEVELS}qualifying: {{{period}}}")
    assert rules.looks_back
    assert rules.tier("USD", Tally(visits=100)) is None
    assert not parse_programme(PLAIN).looks_back
