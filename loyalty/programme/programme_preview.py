"""What changed rules would have given: the orders of some days, by the rules of today and by those of a draft."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from graph.store.database import Database, Row
from loyalty.earning.bonuses import SoldOrder, bonuses
from loyalty.programme.programme import OWN, Programme
from loyalty.programme.programme_history import ProgrammeHistory, ProgrammeVersion

_PAGE = 200


@dataclass(slots=True)
class ProgrammePreview:
    """Points of the orders of some days, by brand and rule: as they are, and as they would be by the draft. `gaining`
    and `losing`: guests who would have more points, or fewer. `complete`: whether all guests were looked at."""

    guests: int = 0
    orders: int = 0
    gaining: int = 0
    losing: int = 0
    complete: bool = False
    today: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    draft: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def rows(self) -> list[tuple[str, str, int, int]]:
        """Brand, rule, and points of today and of the draft."""
        return [(*place, self.today[place], self.draft[place]) for place in sorted(self.today | self.draft)]


async def preview(
    database: Database,
    programmes: ProgrammeHistory,
    draft: Programme,
    since: datetime,
    until: datetime,
    *,
    currency: str,
    most: int | None = None,
) -> AsyncIterator[ProgrammePreview]:
    """Compares the orders from `since` until `until`, as if the draft had started then; gives what was found so far,
    after each page of guests. `most`: guests to look at, None: all. Numbers are random, so the first ones are a sample.
    Writes nothing. Raises Unavailable."""
    found, after = ProgrammePreview(), ""
    newest = max(one.version for one in programmes.versions) + 1
    changed = ProgrammeHistory(
        programmes.versions[0].programme,
        [*(one for one in programmes.versions[1:] if one.starts < since), ProgrammeVersion(newest, since, draft)],
    )
    while most is None or found.guests < most:
        size = _PAGE if most is None else min(_PAGE, most - found.guests)
        page = await database.read("programme/guests", after=after, since=since.isoformat(), size=size)
        if not page:
            found.complete = True
            break
        await asyncio.to_thread(_compare_all, found, page, programmes, changed, draft, (since, until), currency)
        after = page[-1]["number"]
        yield found
    yield found


def _compare_all(found: ProgrammePreview, page: Sequence[Row], *by: Any) -> None:
    for row in page:
        _compare(found, row["orders"], *by)


def _compare(
    found: ProgrammePreview,
    rows: Sequence[Row],
    today: ProgrammeHistory,
    changed: ProgrammeHistory,
    draft: Programme,
    span: tuple[datetime, datetime],
    currency: str,
) -> None:
    """Counts what one guest has, and would have."""
    since, until = span
    orders = [SoldOrder.of_row(row) for row in rows]
    tried = [
        replace(order, points=draft.own_points(row, draft.earning(row, _lines(row)))) if order.at >= since else order
        for order, row in zip(orders, rows, strict=True)
    ]
    within = {order.key: order for order in orders if since <= order.at < until}
    had = _sums(today, orders, within, currency)
    would_have = _sums(changed, tried, within, currency)
    found.today.update(had)
    found.draft.update(would_have)
    found.guests += 1
    found.orders += len(within)
    found.gaining += would_have.total() > had.total()
    found.losing += would_have.total() < had.total()


def _sums(
    programmes: ProgrammeHistory, orders: Sequence[SoldOrder], within: dict[str, SoldOrder], currency: str
) -> Counter[tuple[str, str]]:
    sums = Counter[tuple[str, str]]()
    for order in orders:
        if order.key in within:
            sums[order.brand, OWN] += order.points
    for bonus in bonuses(programmes, orders, currency):
        if (order := within.get(bonus.order)) is not None:
            sums[order.brand, bonus.rule] += bonus.points
    return sums


def _lines(row: Row) -> list[tuple[str, int]]:
    return [(product, minor) for product, _, minor in row["items"]]
