"""A version holds from its start until the next one starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme.programme import parse_programme
from loyalty.programme.programme_history import ProgrammeHistory, ProgrammeVersion
from tests.kit.building import PROGRAMME

START = datetime(2026, 1, 1, tzinfo=UTC)
RULES = parse_programme("points_per_unit: {default: 2}\ntiers: [{name: member, from: 0}]")


def version(number: int, days: int) -> ProgrammeVersion:
    return ProgrammeVersion(number, START + timedelta(days=days), RULES)


@given(starts=st.lists(st.integers(0, 9), max_size=6), day=st.integers(-3, 12), data=st.data())
def test_the_last_one_that_has_started_holds_and_the_newer_of_two(
    starts: list[int], day: int, data: st.DataObject
) -> None:
    published = [version(number, days) for number, days in enumerate(starts, 1)]
    history = ProgrammeHistory(PROGRAMME, data.draw(st.permutations(published)))
    moment = START + timedelta(days=day)
    started = [one for one in published if one.starts <= moment]
    expected = max(started, key=lambda one: (one.starts, one.version)).version if started else 0
    assert history.at(moment).version == expected


def test_the_configured_file_holds_before_all_versions() -> None:
    history = ProgrammeHistory(PROGRAMME, [version(1, 0)])
    assert history.at(START - timedelta(seconds=1)).programme is PROGRAMME
    assert history.at(datetime(1, 1, 2, tzinfo=UTC)).version == 0
