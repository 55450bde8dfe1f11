"""Facts about guests of random visits, and whether they are members of a rule at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from domain.windows import DAY_MS
from engagement.segments.rule_evaluator import Facts, VisitFact, member
from engagement.segments.segment_rules import SegmentRule
from tests.engagement.segments.strategies import BRANDS

NOW = 1_780_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
visit_ages = st.one_of(
    st.integers(-2 * DAY_MS, 100 * DAY_MS),
    st.builds(lambda days, by: days * DAY_MS + by, st.sampled_from([0, 1, 7, 30, 31, 90, 91]), st.integers(-2, 2)),
)
visit_lists = st.lists(
    st.builds(
        lambda age, brand, currency, minor: VisitFact(NOW - age, brand, "delivery", currency, minor),
        visit_ages,
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


facts = st.builds(
    lambda visits, known: facts_of(visits, known=known), visit_lists, st.sampled_from([True, True, False])
)


def is_member(rule: SegmentRule, of: Facts, at: int) -> bool:
    return member(rule, of, now=_EPOCH + timedelta(milliseconds=at), currency="USD")
