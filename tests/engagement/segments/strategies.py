"""Random rules, guests to judge by them, and what the evaluator says of one."""

from __future__ import annotations

from hypothesis import strategies as st

from domain.events import Channel
from engagement.segments.segment_rules import (
    And,
    InTier,
    Not,
    Or,
    Recency,
    SegmentRule,
    Spend,
    UsedChannel,
    VisitedBrand,
    Visits,
)

BRANDS, CURRENCIES, TIERS = ("pasta", "burger", "sushi"), ("USD", "JPY"), ("member", "silver", "gold", "vip")
brands = st.sampled_from([None, *BRANDS, "nowhere"])
days = st.sampled_from([None, 1, 7, 30, 90])


def span(values: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int | None, int | None]]:
    def bounds(pair: tuple[int, int], which: str) -> tuple[int | None, int | None]:
        low, high = sorted(pair)
        return (None if which == "max" else low), (None if which == "min" else high)

    return st.builds(bounds, st.tuples(values, values), st.sampled_from(["min", "max", "both"]))


amounts = st.sampled_from([-100, 0, 1, 500, 999, 1000, 5000, 20_000, 60_000, 200_000])
counts = st.sampled_from([0, 1, 2, 3, 5, 8])
ages = st.sampled_from([0, 1, 6, 7, 29, 30, 31, 89, 90, 200])
leaves = st.one_of(
    st.builds(lambda s, c, d, b: Spend(*s, c, d, b), span(amounts), st.sampled_from([None, *CURRENCIES]), days, brands),
    st.builds(lambda s, d, b: Visits(*s, d, b), span(counts), days, brands),
    st.builds(lambda s, b: Recency(*s, b), span(ages), brands),
    st.builds(VisitedBrand, st.sampled_from(BRANDS)),
    st.builds(UsedChannel, st.sampled_from([channel.value for channel in Channel][:4]), st.booleans()),
    st.builds(lambda t: InTier(tuple(sorted(t))), st.sets(st.sampled_from(TIERS), min_size=1)),
)
rules: st.SearchStrategy[SegmentRule] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=5,
)
