"""The feed of segment changes: who entered and left the segments that somebody follows, each change once and in order.

A segment is followed as long as somebody waits for it, and a week longer. Any process may look: the feed's lock makes
looks one after another, and what one finds is committed with the places it gives. Customers whom an event wrote are
marked by the intake itself, so a look costs what was touched, and nothing is missed while nobody looks.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from cypher import load
from domain.errors import InvalidInput, NotFound
from graph.customers import Profile, ProfilePart
from graph.query.compose import columns
from graph.store.database import Database, DbTransaction, Row

KEPT_MS = 7 * 86_400_000
"""How long a change is kept, and a segment followed after the last who waited for it."""
_RENEW_EVERY_S = 3_600.0
_PAGE = 100
_FORGOTTEN_AT_ONCE = 1_000
VISITS = ProfilePart.of("visits")

Judge: TypeAlias = Callable[[Sequence[tuple[Profile, Collection[str]]], Sequence[Row], int], list[Row]]
"""Of profiles with their visits, each with the segments told of it, the followed segments' rows (id, rule, sweptTo,
silent), and now (ms): number, segments, due and news ([segment, kind]) of each customer."""


@dataclass(slots=True)
class SegmentFeed:
    """The feed of one database. `judge` tells how customers stand."""

    database: Database
    judge: Judge
    _renewed: dict[str, float] = field(default_factory=dict[str, float])
    _gone: frozenset[str] = frozenset()
    _forgot: float = 0.0

    async def look(self, waited: Collection[str]) -> bool:
        """Takes the next page of whom there is to look at; whether there may be more. Raises Unavailable.

        One round trip where there is nothing to do.
        """
        [chosen] = await self.database.read("segments/feed/choose", size=_PAGE, waited=sorted(waited))
        self._gone = frozenset(waited) - frozenset(chosen["known"])
        lists: list[list[str]] = [chosen["written"], chosen["due"], chosen["page"]]
        numbers = sorted(set().union(*lists))
        stale = [one for one in chosen["known"] if time.monotonic() > self._renewed.get(one, 0.0)]
        if not numbers and not stale and chosen["start"] is None:
            await self._forget(chosen["now"])
            return False

        async def work(tx: DbTransaction) -> None:
            await self._page(tx, chosen, numbers, stale)

        await self.database.write("segment_changes", work)
        self._renewed |= dict.fromkeys(stale, time.monotonic() + _RENEW_EVERY_S)
        return bool(stale) or chosen["start"] is not None or any(len(one) == _PAGE for one in lists)

    async def _page(self, tx: DbTransaction, chosen: Row, numbers: Sequence[str], waited: Sequence[str]) -> None:
        until = chosen["now"] + KEPT_MS
        [feed] = await tx.run("segments/feed/lock", waited=waited, now=chosen["now"], until=until)
        followed, now = feed["followed"], feed["now"]
        rows = await tx.run_text(customers(), numbers=numbers) if numbers else []
        found = self.judge([(_profile(row), row["told"]) for row in rows], followed, now)
        changes: list[Row] = [
            {"segment": segment, "kind": kind, "number": one["number"]}
            for one in found
            for segment, kind in one["news"]
        ]
        for place, change in enumerate(changes, feed["place"] + 1):
            change["place"] = place
        await tx.run(
            "segments/feed/write",
            people=[{name: one[name] for name in ("number", "segments", "due")} for one in found],
            changes=changes,
            at=now,
            place=feed["place"] + len(changes),
            swept=_swept(followed, chosen["start"], chosen["page"]),
        )

    async def _forget(self, now: int) -> None:
        if time.monotonic() > self._forgot + _RENEW_EVERY_S or not self._forgot:
            rows = await self.database.write_one("segments/feed/forget", before=now - KEPT_MS, size=_FORGOTTEN_AT_ONCE)
            if not rows or rows[0]["deleted"] < _FORGOTTEN_AT_ONCE:
                self._forgot = time.monotonic()

    def gone(self, segment: str) -> bool:
        """Whether the last look for it found that the segment is deleted."""
        return segment in self._gone

    async def after(self, place: int, size: int) -> list[Row]:
        """Up to `size` changes of all segments after a place. Raises Unavailable."""
        return await self.database.read("segments/feed/after", after=place, size=size)

    async def last(self) -> int:
        """The place where the feed ends. Raises Unavailable."""
        rows = await self.database.read("segments/feed/last")
        return rows[0]["last"] if rows else 0

    async def start(self, segment: str, after: int | None) -> int | None:
        """The place from which on nothing is missed: `after`, or where the feed ends; None: not yet, look again.

        Raises NotFound, InvalidInput where changes after `after` may have been missed or are no longer kept.
        """
        rows = await self.database.read("segments/feed/state", id=segment)
        if not rows:
            raise NotFound("There is no such segment.")
        [state] = rows
        if after is None:
            return state["place"] if state["ready"] else None
        if state["since"] is None or not max(state["since"], state["forgotten"]) <= after <= state["place"]:
            raise InvalidInput(
                "What came after this cursor is no longer known.", hint="Begin without one, and read the members."
            )
        return after


def customers() -> str:
    """The statement that locks customers and reads what rules ask of them."""
    told = ",\ncoalesce(c.segments, []) AS told"
    return f"{load('segments/feed/customers')}\n{load('profile/base')}{columns([VISITS.name])}{told}"


def _profile(row: Row) -> Profile:
    return Profile(row["customer"], {VISITS: row["part0"]})


def _swept(followed: Sequence[Row], start: str | None, page: Sequence[str]) -> list[Row]:
    """How far segments have been swept whose place the page holds; a page that is not full ends the store."""
    if start is None:
        return []
    end = page[-1] if len(page) == _PAGE else None
    return [
        {"id": one["id"], "to": end}
        for one in followed
        if (at := one["sweptTo"]) is not None and at >= start and (end is None or at < end)
    ]
