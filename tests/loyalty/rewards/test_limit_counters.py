"""A limit's counter is the sum of what redemptions have of it, wherever they stand; and time gives holds back."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty.rewards.limit_counters import LimitCounter, Stage, has_reserve

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOON, LATER = (NOW + timedelta(minutes=1)).isoformat(), (NOW + timedelta(hours=1)).isoformat()
PATHS = (
    (Stage.USED,),
    (Stage.USED, Stage.BACK),
    (Stage.HELD,),
    (Stage.HELD, Stage.BACK),
    (Stage.HELD, Stage.USED),
    (Stage.HELD, Stage.USED, Stage.BACK),
)


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from((SOON, LATER)), st.sampled_from(PATHS))), st.randoms())
def test_a_counter_is_the_sum_of_where_redemptions_stand(
    redemptions: list[tuple[int, str, tuple[Stage, ...]]], rng: random.Random
) -> None:
    counter = LimitCounter("stock|coffee")
    steps = [(one, place) for one, (_, _, path) in enumerate(redemptions) for place in range(len(path))]
    waiting = dict.fromkeys(range(len(redemptions)), 0)
    rng.shuffle(steps)
    for one, _ in steps:  # each redemption in its own order, all of them mixed
        amount, until, path = redemptions[one]
        place = waiting[one]
        counter.move(amount, path[place - 1] if place else Stage.BACK, path[place], until)
        counter = LimitCounter.of_row(**counter.row(NOW))
        waiting[one] += 1
    used = sum(amount for amount, _, path in redemptions if path[-1] is Stage.USED)
    held = sum(amount for amount, _, path in redemptions if path[-1] is Stage.HELD)
    assert (counter.used, counter.gone(NOW)) == (used, used + held)
    assert counter.gone(NOW + timedelta(hours=1)) == used


def test_a_hold_that_is_over_is_forgotten_and_can_then_not_be_captured() -> None:
    counter = LimitCounter("stock|coffee")
    counter.move(1, Stage.BACK, Stage.HELD, SOON)
    assert has_reserve({counter.key: counter}, {counter.key: 1}, SOON)
    later = LimitCounter.of_row(**counter.row(NOW + timedelta(minutes=1)))
    assert later.holds == {}
    assert not has_reserve({later.key: later}, {later.key: 1}, SOON)
    later.move(1, Stage.HELD, Stage.BACK, SOON)
    assert (later.holds, later.gone(NOW)) == ({}, 0)
