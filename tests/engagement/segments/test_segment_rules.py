"""A rule survives being written and read."""

from __future__ import annotations

from hypothesis import given, settings

from engagement.segments.rule_parser import parse
from engagement.segments.segment_rules import (
    SegmentRule,
    plain,
)
from tests.engagement.segments.strategies import rules


@given(rules)
@settings(max_examples=200)
def test_a_rule_survives_being_written_and_read(rule: SegmentRule) -> None:
    assert parse(plain(rule, currency="USD"), currency="USD") == rule
