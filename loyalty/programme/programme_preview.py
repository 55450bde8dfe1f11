"""What changed rules would have given for the orders of some days, and the tiers of their guests: by the rules of today
and by those of a draft."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from graph.store.database import Database, Row
from loyalty.earning.bonuses import SoldOrder, bonuses
from loyalty.programme.programme import OWN, Programme
from loyalty.programme.programme_history import ProgrammeHistory, ProgrammeVersion
from loyalty.tiers.tier_walk import standing

_PAGE = 200


class TierChange(StrEnum):
    """What becomes of a guest's tier. A tier of the same name stays; else its place from the lowest one up counts."""

    RISES = "rises"
    FALLS = "falls"
    STAYS = "stays"


class TierMove(NamedTuple):
    """The tier that guests have, and the one that they would have by the draft; each after its place, counted from the
    lowest."""

    place: int
    today: str
    draft_place: int
    draft: str

    @property
    def change(self) -> TierChange:
        if self.today == self.draft or self.place == self.draft_place:
            return TierChange.STAYS
        return TierChange.RISES if self.draft_place > self.place else TierChange.FALLS


@dataclass(slots=True)
class ProgrammePreview:
    """Points of the orders of some days, by brand and rule: as they are, and as they would be by the draft. `gaining`
    and `losing`: guests who would have more points, or fewer. `tiers`: guests by their tier at the end of these days,
    by all of their orders. `complete`: whether all guests were looked at."""

    guests: int = 0
    orders: int = 0
    gaining: int = 0
    losing: int = 0
    complete: bool = False
    today: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    draft: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    tiers: Counter[TierMove] = field(default_factory=Counter[TierMove])

    def rows(self) -> list[tuple[str, str, int, int]]:
        """Brand, rule, and points of today and of the draft."""
        return [(*place, self.today[place], self.draft[place]) for place in sorted(self.today | self.draft)]

    def tier_rows(self) -> list[tuple[str, str, TierChange, int]]:
        """Tier of today and of the draft, what becomes of it, and how many guests; the lowest first."""
        return [(move.today, move.draft, move.change, guests) for move, guests in sorted(self.tiers.items())]


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
    has = _tier(today.at(until).programme, orders, currency, until)
    found.tiers[TierMove(*has, *_tier(draft, tried, currency, until))] += 1


def _tier(rules: Programme, orders: Sequence[SoldOrder], currency: str, now: datetime) -> tuple[int, str]:
    """The tier that the rules give, after its place from the lowest up."""
    name = standing(rules.tier_rules, orders, currency, now).tier
    return [tier.name for tier in rules.tiers].index(name), name


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
