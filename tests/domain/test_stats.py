"""Stats are exact sums: any order of additions and takings-back gives equal text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.stats import Contribution, Stats

contributions = st.builds(
    Contribution,
    brand=st.sampled_from(("cafe", "grill")),
    channel=st.sampled_from(("web", "dine_in")),
    currency=st.sampled_from(("USD", "EUR")),
    minor=st.integers(0, 5000),
    points=st.integers(0, 50),
)
visits = st.tuples(
    st.sampled_from(("cafe", "grill")), st.sampled_from(("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"))
)
parts = st.tuples(st.lists(contributions, max_size=5), st.lists(visits, max_size=3))


def stats_of(part: tuple[list[Contribution], list[tuple[str, str]]]) -> Stats:
    stats = Stats()
    for brand, at in part[1]:
        stats.visited(brand, at)
    for contribution in part[0]:
        stats.apply(contribution, 1)
    return stats


@given(st.data(), parts)
def test_order_does_not_matter(data: st.DataObject, part: tuple[list[Contribution], list[tuple[str, str]]]) -> None:
    other = (data.draw(st.permutations(part[0])), data.draw(st.permutations(part[1])))
    assert stats_of(part).to_json() == stats_of(other).to_json()


@given(parts, contributions)
def test_what_is_taken_back_was_never_there(
    part: tuple[list[Contribution], list[tuple[str, str]]], extra: Contribution
) -> None:
    stats = stats_of(part)
    before = stats.to_json()
    stats.apply(extra, 1)
    assert stats.to_json() != before
    stats.apply(extra, -1)
    assert stats.to_json() == before


@given(st.lists(parts, min_size=1, max_size=4), parts)
def test_replacing_one_record_gives_the_total_of_the_new_ones(
    all_parts: list[tuple[list[Contribution], list[tuple[str, str]]]],
    more: tuple[list[Contribution], list[tuple[str, str]]],
) -> None:
    records = [stats_of(part) for part in all_parts]
    total = Stats.total(records)
    grown = stats_of((all_parts[0][0][1:] + more[0], all_parts[0][1] + more[1]))
    total.replace(records[0], grown)
    assert total.to_json() == Stats.total([grown, *records[1:]]).to_json()


@given(parts)
def test_text_and_back(part: tuple[list[Contribution], list[tuple[str, str]]]) -> None:
    stats = stats_of(part)
    assert Stats.from_json(stats.to_json()) == stats
    assert Stats.from_json(None) == Stats()


def test_the_alphabet_breaks_a_tie_of_channels() -> None:
    stats = Stats()
    for channel in ("web", "app"):
        stats.apply(Contribution("cafe", channel, "USD", 1, 0), 1)
    assert stats.preferred_channel == "app"
    stats.apply(Contribution("cafe", "web", "USD", 1, 0), 1)
    assert stats.preferred_channel == "web"
    assert Stats().preferred_channel is None
