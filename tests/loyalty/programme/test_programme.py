"""What a purchase earns: whole points rounded down, tiers by spend, and mistakes in the rules named at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SetupError
from domain.stats import Tally
from loyalty.programme.programme import Programme, programme

RULES = Programme.model_validate(
    {
        "points_per_unit": {
            "default": 1,
            "cafe": "2.5",
            "kiosk": 0,
            "bar": {"USD": 2, "JPY": "0.01"},
            "inn": {"EUR": 3, "default": "0.5"},
        },
        "tiers": [{"name": "member", "from": 0}, {"name": "gold", "from": "99.50"}, {"name": "vip", "from": 1000}],
    }
)


@pytest.mark.parametrize(
    ("brand", "currency", "minor", "points"),
    [
        ("grill", "USD", 1099, 10),
        ("grill", "USD", 99, 0),
        ("cafe", "USD", 1099, 27),
        ("cafe", "JPY", 11, 27),
        ("cafe", "KWD", 1999, 4),
        ("kiosk", "USD", 100_000, 0),
        ("grill", "USD", -500, 0),
        ("bar", "USD", 1000, 20),
        ("bar", "JPY", 1999, 19),
        ("bar", "EUR", 1000, 10),
        ("inn", "EUR", 1000, 30),
        ("inn", "KWD", 10_000, 5),
    ],
)
def test_points_are_whole_and_rounded_down(brand: str, currency: str, minor: int, points: int) -> None:
    assert RULES.points(brand, currency, minor) == points


@pytest.mark.parametrize(
    ("currency", "minor", "tier"),
    [
        ("USD", -1, "member"),
        ("USD", 9949, "member"),
        ("USD", 9950, "gold"),
        ("USD", 100_000, "vip"),
        ("JPY", 99, "member"),  # a threshold may be finer than the currency
        ("JPY", 100, "gold"),
        ("JPY", 1000, "vip"),
    ],
)
def test_a_tier_is_reached_at_its_threshold(currency: str, minor: int, tier: str) -> None:
    assert RULES.tier(currency, Tally(spend={currency: minor})) == tier


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_never_earns_less(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert RULES.points("cafe", "USD", low) <= RULES.points("cafe", "USD", high)


def test_a_brand_without_a_rule_and_no_default_earns_nothing() -> None:
    rules = Programme.model_validate({"points_per_unit": {}, "tiers": [{"name": "member", "from": 0}]})
    assert rules.points("grill", "USD", 10_000) == 0


def test_the_built_in_rules_are_sound() -> None:
    assert programme(None).tier("USD", Tally()) == "member"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "the file"),
        ("points_per_unit: {default: 1}", "tiers"),
        ("points_per_unit: {default: -1}\ntiers: [{name: a, from: 0}]", "points_per_unit.default"),
        ("points_per_unit: {bar: {usd: 1}}\ntiers: [{name: a, from: 0}]", "points_per_unit.bar"),
        ("points_per_unit: {bar: {USD: -1}}\ntiers: [{name: a, from: 0}]", "points_per_unit.bar.USD"),
        ("points_per_unit: {default: .inf}\ntiers: [{name: a, from: 0}]", "points_per_unit.default"),
        ("points_per_unit: {default: .nan}\ntiers: [{name: a, from: 0}]", "points_per_unit.default"),
        ("points_per_unit: {default: much}\ntiers: [{name: a, from: 0}]", "points_per_unit.default"),
        ("points_per_unit: {}\ntiers: [{name: a, from: 5}]", "start at 0"),
        ("points_per_unit: {}\ntiers: [{name: a, from: 0}, {name: b, from: 0}]", "rise"),
        ("points_per_unit: {}\ntiers: [{name: a, from: 0, extra: 1}]", "extra"),
        ("points_per_unit: {}\ntiers: []\nmore: 1", "more"),
        ("points_per_unit: [", "cannot be read"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "programme.yaml"
    path.write_text(text)
    with pytest.raises(SetupError, match=named) as caught:
        programme(path)
    assert caught.value.hint


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="No such file") as caught:
        programme(tmp_path / "nowhere.yaml")
    assert "REGULARS_LOYALTY_CONFIG" in (caught.value.hint or "")
    (tmp_path / "latin.yaml").write_bytes(b"\xff\xfe\xe9")
    with pytest.raises(SetupError, match="cannot be read"):
        programme(tmp_path / "latin.yaml")
