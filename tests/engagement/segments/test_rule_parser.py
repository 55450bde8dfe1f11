"""A rule in JSON is read whole, or refused with the path to what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from engagement.segments.rule_parser import MAX_DEPTH, MAX_MINOR, MAX_NODES, RuleRefused, parse
from engagement.segments.segment_rules import And, InTier, Not, Recency, Spend, UsedChannel, Visits


def nested(depth: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"visits": {"min": 1}}
    for _ in range(depth - 1):
        rule = {"not": rule}
    return rule


def test_every_field_is_read() -> None:
    content = {
        "and": [
            {"spend": {"min": "12.30", "max": 50, "currency": None, "days": 30, "brand": "pasta"}},
            {"visits": {"min": 0, "max": 3}},
            {"not": {"recency": {"maxDays": 90}}},
            {"channel": {"channel": "web", "preferred": True}},
            {"tier": {"tiers": ["vip", "gold", "vip"]}},
        ]
    }
    assert parse(content, currency="USD") == And(
        (
            Spend(1230, 5000, None, 30, "pasta"),
            Visits(0, 3, None, None),
            Not(Recency(None, 90, None)),
            UsedChannel("web", True),
            InTier(("gold", "vip")),
        )
    )


def test_an_amount_is_in_the_currency_that_is_named() -> None:
    assert parse({"spend": {"min": "900", "currency": "JPY"}}, currency="USD") == Spend(900, None, "JPY", None, None)


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ([], ()),
        ({}, ()),
        ({"visits": {"min": 1}, "tier": {}}, ()),
        ({"and": []}, ("and",)),
        ({"or": [{"visits": {"min": 1}}, {"nothing": {}}]}, ("or", "1", "nothing")),
        ({"not": {"visits": 1}}, ("not", "visits")),
        ({"visits": {}}, ("visits",)),
        ({"visits": {"min": 2, "max": 1}}, ("visits",)),
        ({"visits": {"min": True}}, ("visits", "min")),
        ({"visits": {"min": 1, "days": 0}}, ("visits", "days")),
        ({"visits": {"least": 1, "min": 1}}, ("visits", "least")),
        ({"visits": {"min": 1, "brand": "No Slug"}}, ("visits", "brand")),
        ({"spend": {"min": "1.234"}}, ("spend", "min")),
        ({"spend": {"min": "1E+999999"}}, ("spend", "min")),
        ({"spend": {"min": "NaN"}}, ("spend", "min")),
        ({"spend": {"min": MAX_MINOR}}, ("spend", "min")),
        ({"channel": {"channel": "fax"}}, ("channel", "channel")),
        ({"channel": {"channel": "web", "preferred": 1}}, ("channel", "preferred")),
        ({"tier": {"tiers": []}}, ("tier", "tiers")),
        ({"tier": {"tiers": ["gold", 1]}}, ("tier", "tiers", "1")),
    ],
)
def test_what_is_wrong_is_pointed_at(content: Any, path: tuple[str, ...]) -> None:
    with pytest.raises(RuleRefused) as refused:
        parse(content, currency="USD")
    assert refused.value.path == path


def test_depth_and_size_are_bounded() -> None:
    parse(nested(MAX_DEPTH), currency="USD")
    with pytest.raises(RuleRefused, match="deeper"):
        parse(nested(MAX_DEPTH + 1), currency="USD")
    leaves = [{"visits": {"min": 1}}] * (MAX_NODES - 1)
    parse({"or": leaves}, currency="USD")
    with pytest.raises(RuleRefused, match="more than"):
        parse({"or": [*leaves, *leaves[:1]]}, currency="USD")
