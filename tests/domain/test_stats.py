"""Stats are exact sums: any order of additions and takings-back gives equal text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.stats import Contribution, Stats

TIMES = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")
contributions = st.builds(
    Contribution,
    brand=st.sampled_from(("cafe", "grill")),
    channel=st.sampled_from(("web", "dine_in")),
    currency=st.sampled_from(("USD", "EUR")),
    minor=st.integers(0, 5000),
    points=st.integers(0, 50),
    at=st.sampled_from(TIMES),
    expires=st.sampled_from(("", "2027-01-31", "2027-02-28")),
)
parts = st.lists(contributions, max_size=5)


def stats_of(part: list[Contribution]) -> Stats:
    stats = Stats()
    for contribution in part:
        stats.apply(contribution, 1)
    return stats


@given(st.data(), parts)
def test_order_does_not_matter(data: st.DataObject, part: list[Contribution]) -> None:
    assert stats_of(part).to_json() == stats_of(data.draw(st.permutations(part))).to_json()


@given(parts, contributions)
def test_what_is_taken_back_was_never_there(part: list[Contribution], extra: Contribution) -> None:
    stats = stats_of(part)
    before = stats.to_json()
    stats.apply(extra, 1)
    assert stats.to_json() != before
    ends = stats.ends_with(extra)
    stats.apply(extra, -1)
    if ends:
        stats.span([(one.brand, one.at) for one in part])
    assert stats.to_json() == before


@given(parts, contributions)
def test_a_span_without_one_of_its_ends_is_set_anew(part: list[Contribution], extra: Contribution) -> None:
    stats = stats_of([*part, extra])
    shorter = stats_of(part)
    spans = [(tally.first, tally.last) for tally in (stats, stats.brands[extra.brand])]
    left = shorter.brands.get(extra.brand, Stats())
    if spans != [(tally.first, tally.last) for tally in (shorter, left)]:
        assert stats.ends_with(extra)


@given(st.lists(parts, min_size=1, max_size=4), parts)
def test_replacing_one_record_gives_the_total_of_the_new_ones(
    all_parts: list[list[Contribution]], more: list[Contribution]
) -> None:
    records = [stats_of(part) for part in all_parts]
    total = Stats.total(records)
    grown = stats_of(all_parts[0] + more)
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
        stats.apply(Contribution("cafe", channel, "USD", 1, 0, TIMES[0]), 1)
    assert stats.preferred_channel == "app"
    stats.apply(Contribution("cafe", "web", "USD", 1, 0, TIMES[0]), 1)
    assert stats.preferred_channel == "web"
    assert Stats().preferred_channel is None


def test_text_without_lots_says_that_all_earned_points_are_unspent_and_never_expire() -> None:
    stats = stats_of(
        [Contribution("cafe", "web", "USD", 1, 7, TIMES[0]), Contribution("grill", "web", "USD", 1, 0, TIMES[0])]
    )
    assert '"lots"' not in stats.to_json()
    assert Stats.from_json(stats.to_json()).lots == stats.lots == {"cafe|": 7}
    stats.move("cafe|", -7)
    assert Stats.from_json(stats.to_json()).lots == {}


def test_what_is_held_is_in_no_lot_until_it_is_given_back() -> None:
    stats = stats_of([Contribution("cafe", "web", "USD", 1, 7, TIMES[0])])
    before = stats.to_json()
    stats.hold("2026-03-01T10:00:00+00:00", "cafe|", 5)
    assert (stats.unspent, stats.holds) == (2, {"2026-03-01T10:00:00+00:00|cafe|": 5})
    assert stats.of_brands(("cafe",)).holds == stats.holds
    assert stats.of_brands(("grill",)).to_json() == Stats().to_json()
    stats.hold("2026-03-01T10:00:00+00:00", "cafe|", -5)
    assert stats.to_json() == before
