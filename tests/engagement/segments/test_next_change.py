"""Until it is due, time alone changes nothing of a rule; and a customer's standing follows the rules step by step."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.windows import DAY_MS
from engagement.segments.next_change import due
from engagement.segments.rule_evaluator import Facts, VisitFact
from engagement.segments.segment_rules import Not, Recency, SegmentRule, Spend, Visits
from tests.engagement.segments.facts_of_visits import NOW, facts, facts_of, is_member
from tests.engagement.segments.strategies import rules


@given(rules, facts, st.lists(st.floats(0, 1), max_size=4))
@settings(max_examples=600, deadline=None)
def test_until_it_is_due_a_rule_holds_as_it_does_now(rule: SegmentRule, of: Facts, between: list[float]) -> None:
    found = due(rule, of, now=NOW)
    assert found is None or found > NOW
    end = NOW + 400 * DAY_MS if found is None else found
    before = is_member(rule, of, NOW)
    moments = [NOW + int(share * (end - 1 - NOW)) for share in between] + [end - 1]
    assert [is_member(rule, of, at) for at in moments] == [before] * len(moments)


def test_the_very_millisecond() -> None:
    of = facts_of([VisitFact(NOW - 10 * DAY_MS, "pasta", "delivery", "USD", 1000)])
    for rule, at in (
        (Spend(min=1, days=30), NOW + 20 * DAY_MS + 1),
        (Not(Visits(min=1, days=30)), NOW + 20 * DAY_MS + 1),
        (Recency(min_days=30), NOW + 20 * DAY_MS),
        (Recency(max_days=30), NOW + 21 * DAY_MS),
    ):
        assert due(rule, of, now=NOW) == at
        assert is_member(rule, of, at) is not is_member(rule, of, at - 1)
    assert due(Visits(min=1), of, now=NOW) is None
    assert due(Recency(min_days=30, brand="sushi"), of, now=NOW) is None
