"""A customer's standing follows the rules step by step."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from engagement.segments.moves import Followed, Move, standing
from engagement.segments.rule_evaluator import Facts, VisitFact
from engagement.segments.segment_rules import SegmentRule, Visits
from tests.engagement.segments.facts_of_visits import NOW, facts, facts_of, is_member
from tests.engagement.segments.strategies import rules


@given(st.lists(rules, min_size=1, max_size=3), facts, st.lists(facts, max_size=3), st.sets(st.integers(0, 2)))
@settings(max_examples=300, deadline=None)
def test_what_is_told_adds_up_to_what_holds(
    given_rules: list[SegmentRule], first: Facts, later: list[Facts], told_before: set[int]
) -> None:
    """From any start, news and time bring whoever adds them up to what the rules say, and say nothing twice."""
    followed = [Followed(f"s{n}", rule) for n, rule in enumerate(given_rules)]
    told = {f"s{n}" for n in told_before if n < len(followed)}
    now, of = NOW, first
    for step in range(12):
        found = standing("CUST-1", of, told, followed, now=now, currency="USD")
        for segment, move in found.news:
            assert (segment in told) is (move is Move.LEFT)
            (told.add if move is Move.ENTERED else told.remove)(segment)
        assert tuple(sorted(told)) == found.segments
        assert told == {one.id for one in followed if is_member(one.rule, of, now)}
        if found.due is not None:
            now = found.due
        elif later:
            of = later.pop()
        if step > 6 and later:
            of = later.pop()


def test_a_silent_look_tells_nothing_of_whom_it_has_not_seen_yet() -> None:
    of = facts_of([VisitFact(NOW, "pasta", "delivery", "USD", 1000)])
    for swept_to, silent, news in (("CUST-5", True, 0), ("CUST-5", False, 1), ("CUST-9", True, 1), (None, True, 1)):
        followed = [Followed("s", Visits(min=1), swept_to, silent)]
        found = standing("CUST-7", of, [], followed, now=NOW, currency="USD")
        assert (found.segments, len(found.news)) == (("s",), news)
