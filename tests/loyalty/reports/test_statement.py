"""A statement adds up: opening and lines are the closing balance, which is the balance that everybody sees then."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput, TooLarge
from domain.stats import Stats
from loyalty.commands.redemption import utc
from loyalty.ledger.ledger import Account, LedgerKind
from loyalty.ledger.lots import Lot, points_balance
from loyalty.reports import statement as module
from loyalty.reports.statement import StatedEntry, Statement, StatementLine, period, statement

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAYS = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(166)]
MOMENTS = st.integers(0, 165 * 24).map(lambda hours: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
LOTS = st.builds(
    Lot, st.sampled_from(("cafe", "grill")), st.sampled_from(("", "2026-02-28", "2026-03-31", "9999-12-31"))
)


@st.composite
def ledgers(draw: st.DrawFn) -> list[StatedEntry]:
    """Entries as commands and orders book them: a hold is given back before it is over, or after, or not at all."""
    found = list[StatedEntry]()
    for number in range(draw(st.integers(0, 12))):
        at, lot, points = draw(MOMENTS), draw(LOTS), draw(st.integers(-60, 60).filter(bool))
        if draw(st.booleans()):
            found.append(StatedEntry(f"{number}", at, points, LedgerKind.EARN, "order.completed", lot))
            continue
        until = at + timedelta(hours=draw(st.integers(1, 200)))
        held: dict[str, Any] = {"lot": lot, "account": Account.HELD, "until": until}
        found.append(StatedEntry(f"{number}", at, -abs(points), LedgerKind.HOLD, "points.hold", **held))
        if draw(st.booleans()):
            part = draw(st.integers(1, abs(points)))
            later = at + timedelta(hours=draw(st.integers(1, 400)))
            part = abs(points) if later >= until else part  # what is over comes back whole
            found.append(StatedEntry(f"{number}b", later, part, LedgerKind.RELEASE, "points.release", **held))
    return sorted(found, key=lambda entry: (entry.at, entry.key))


def made(entries: list[StatedEntry], first: date, last: date) -> Statement:
    days = period(first, last, NOW)
    return statement(entries, *days)


def balance(entries: list[StatedEntry], before: datetime) -> int:
    """What a profile says just before this moment."""
    stats = Stats()
    for entry in entries:
        if entry.at < before:
            if entry.account is Account.HELD and entry.until is not None:
                stats.hold(utc(entry.until), entry.lot.key, -entry.points)
            else:
                stats.move(entry.lot.key, entry.points)
    return points_balance(stats.lots, stats.holds, before - timedelta(microseconds=1)).points


@given(ledgers(), st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_opening_and_lines_are_the_closing_balance_that_everybody_sees(
    entries: list[StatedEntry], one: date, other: date
) -> None:
    first, last = min(one, other), max(one, other)
    found = made(entries, first, last)
    for brand in ("cafe", "grill"):
        lines = sum(line.points for line in found.lines if line.lot.brand == brand)
        assert found.opening.get(brand, 0) + lines == found.closing.get(brand, 0)
    assert found.opening_points == balance(entries, datetime.combine(first, datetime.min.time(), UTC))
    assert found.closing_points == balance(entries, period(first, last, NOW)[2])
    running = found.opening_points
    for line in found.lines:
        running += line.points
        assert line.balance == running


@given(ledgers(), st.lists(st.sampled_from(DAYS), min_size=3, max_size=3, unique=True).map(sorted))
def test_statements_of_neighbouring_periods_are_that_of_both(entries: list[StatedEntry], days: list[date]) -> None:
    first, middle, last = days
    one, other = made(entries, first, middle - timedelta(days=1)), made(entries, middle, last)
    whole = made(entries, first, last)
    assert one.closing == other.opening
    assert [*one.lines, *other.lines] == whole.lines
    assert (one.opening, other.closing) == (whole.opening, whole.closing)


def entry(key: str, day: str, points: int, lot: Lot, **more: Any) -> StatedEntry:
    return StatedEntry(
        key, datetime.fromisoformat(f"{day}T10:00Z"), points, LedgerKind.EARN, "order.completed", lot, **more
    )


def test_what_a_lot_still_has_is_a_line_on_the_day_after_its_last_one() -> None:
    soon = Lot("cafe", "2026-02-28")
    found = made([entry("a", "2026-01-05", 30, soon), entry("b", "2026-02-01", -10, soon)], DAYS[0], DAYS[80])
    assert found.lines[-1] == StatementLine(datetime(2026, 3, 1, tzinfo=UTC), -20, None, "points.expired", soon, 0)
    assert (found.opening, found.closing) == ({}, {})


def test_expired_points_pay_a_debt_that_comes_later() -> None:
    """An order of another brand is refunded after its points were used: as `points_balance`, the statement lets expired
    points pay first."""
    soon, never = Lot("cafe", "2026-02-28"), Lot("grill", "")
    entries = [entry("a", "2026-01-05", 30, soon), entry("b", "2026-04-01", -20, never)]
    found = made(entries, date(2026, 3, 2), DAYS[-1])
    assert [(line.points, line.kind, line.lot) for line in found.lines] == [
        (-20, LedgerKind.EARN, never),
        (20, None, soon),
    ]
    assert found.closing == {"cafe": 20, "grill": -20}
    assert found.closing_points == 0


def test_a_hold_that_is_over_comes_back_at_its_moment_and_once() -> None:
    lot, until = Lot("grill", ""), datetime(2026, 2, 1, 10, 15, tzinfo=UTC)
    held = {"account": Account.HELD, "until": until}
    entries = [
        entry("a", "2026-01-05", 30, lot),
        entry("b", "2026-02-01", -25, lot, **held),
        entry("c", "2026-03-01", 25, lot, **held),
    ]
    for known in (entries, entries[:2]):  # somebody has booked the end, or not yet
        found = made(known, DAYS[0], DAYS[-1])
        assert [line.points for line in found.lines] == [30, -25, 25]
        assert (found.lines[-1].at, found.lines[-1].reason) == (until, "points.over")


def test_a_period_has_its_days_in_order_and_ends_with_now() -> None:
    assert period(None, None, NOW) == (date(1970, 1, 1), NOW.date(), NOW + timedelta(microseconds=1))
    assert period(DAYS[0], DAYS[3], NOW) == (DAYS[0], DAYS[3], datetime(2026, 1, 5, tzinfo=UTC))
    for first, last in ((DAYS[3], DAYS[0]), (NOW.date() + timedelta(days=1), None)):
        with pytest.raises(InvalidInput, match="ends before it begins"):
            period(first, last, NOW)


def test_a_statement_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ENTRIES", 1)
    with pytest.raises(TooLarge, match="more than 1 ledger entries"):
        made(
            [entry("a", "2026-01-05", 1, Lot("cafe", "")), entry("b", "2026-01-05", 1, Lot("cafe", ""))],
            DAYS[0],
            DAYS[9],
        )


def test_a_row_of_the_store_is_an_entry() -> None:
    row = {"key": "k", "at": "2026-01-05T10:00:00.123456789Z", "points": 5, "kind": "hold", "reason": "points.hold"}
    found = StatedEntry.of_row(row | {"account": "held", "brand": None, "expires": None, "until": "2026-01-05T11:00Z"})
    assert (found.lot, found.account) == (Lot("", ""), Account.HELD)
    assert found.until == datetime(2026, 1, 5, 11, tzinfo=UTC)
    assert Counter([found.kind]) == {LedgerKind.HOLD: 1}
