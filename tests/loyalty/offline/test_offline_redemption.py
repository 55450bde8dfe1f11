"""A redemption of a till without a connection is booked in any case; who owns the loss follows from rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from loyalty.offline.offline_redemption import (
    OWNERS,
    LossOwner,
    OfflineFlag,
    OfflineSale,
    OfflineTerms,
    OfflineUse,
    judged,
)

TERMS = OfflineTerms("2026-03-01T08:00:00+00:00", "2026-03-03T08:00:00+00:00", 200)
DAY_2 = "2026-03-02T12:00:00+00:00"


def sale(till: str = "till-1", at: str = DAY_2, terms: OfflineTerms | None = TERMS) -> OfflineSale:
    return OfflineSale("s-1", till, at, terms)


def use(points: int, till: str = "till-1", at: str = DAY_2) -> OfflineUse:
    return OfflineUse("s-1", till, at, points, 0, None)


def test_each_broken_rule_has_its_flag_and_its_owner() -> None:
    said = {
        judged(sale(), 200, 200, []).flag: None,
        judged(sale(terms=None), 1, 200, []).flag: LossOwner.STORE,
        judged(sale(terms=OfflineTerms(TERMS.since, TERMS.until, None)), 1, 200, []).flag: LossOwner.STORE,
        judged(sale(at="2026-03-03T08:00:01+00:00"), 1, 200, []).flag: LossOwner.STORE,
        judged(sale(), 101, 200, [use(100)]).flag: LossOwner.STORE,
        judged(sale(), 101, 200, [use(100, "till-2")]).flag: LossOwner.PROGRAMME,
        judged(sale(), 100, 99, []).flag: LossOwner.PROGRAMME,
    }
    assert {flag for flag in said if flag is not None} == set(OfflineFlag)
    assert all(flag is None or OWNERS[flag] is owner for flag, owner in said.items())


def test_uses_of_another_time_count_for_nothing() -> None:
    assert judged(sale(), 200, 200, [use(200, at="2026-02-28T12:00:00+00:00")]).flag is None


@given(points=st.integers(0, 500), usable=st.integers(-500, 500), before=st.lists(st.integers(0, 300), max_size=4))
def test_what_the_guest_did_not_have_is_missing_and_has_an_owner(points: int, usable: int, before: list[int]) -> None:
    found = judged(sale(), points, usable, [use(one) for one in before])
    assert found.missing == max(points - max(usable, 0), 0)
    assert found.flag is not None or found.missing == 0
    assert (found.owner is LossOwner.STORE) == (sum(before) + points > 200)
    assert OfflineUse.of_row(found.props()) == found
