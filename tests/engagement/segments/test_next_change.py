"""Until it is due, time alone changes nothing of a rule; and a customer's standing follows the rules step by step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.windows import DAY_MS
from engagement.segments.moves import Followed, Move, standing
from engagement.segments.next_change import due
from engagement.segments.rule_evaluator import Facts, VisitFact, member
from engagement.segments.segment_rules import Not, Recency, SegmentRule, Spend, Visits
from tests.engagement.segments.test_rule_compiler import BRANDS, rules

NOW = 1_780_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_ages = st.one_of(
    st.integers(-2 * DAY_MS, 100 * DAY_MS),
    st.builds(lambda days, by: days * DAY_MS + by, st.sampled_from([0, 1, 7, 30, 31, 90, 91]), st.integers(-2, 2)),
)
_visits = st.lists(
    st.builds(
        lambda age, brand, currency, minor: VisitFact(NOW - age, brand, "delivery", currency, minor),
        _ages,
        st.sampled_from(BRANDS),
        st.sampled_from(["USD", "JPY"]),
        st.sampled_from([0, 500, 1000, 60_000]),
    ),
    max_size=6,
)


def facts_of(visits: list[VisitFact], *, known: bool = True) -> Facts:
    spent = sum(visit.minor for visit in visits if visit.currency == "USD")
    last = max((visit.at for visit in visits), default=None)
    brands = frozenset(visit.brand for visit in visits)
    return Facts(known, "gold", spent, len(visits), last, brands, "delivery", tuple(visits))


facts = st.builds(lambda visits, known: facts_of(visits, known=known), _visits, st.sampled_from([True, True, False]))


def is_member(rule: SegmentRule, of: Facts, at: int) -> bool:
    return member(rule, of, now=_EPOCH + timedelta(milliseconds=at), currency="USD")


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
