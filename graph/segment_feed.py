"""The feed of segment changes: customers that entered or left a followed segment, each change once and in order.

A segment is followed while somebody waits for its changes, and a week longer. Any process may look for changes: the
feed's lock runs one look at a time, and each look commits its changes together with their places. The intake marks the
customers that it writes, so a look costs what was touched, and no change is missed between looks.
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
"""How long a change is kept, and how long a segment is followed after its last subscriber."""
_RENEW_EVERY_S = 3_600.0
_PAGE = 100
_FORGOTTEN_AT_ONCE = 1_000
VISITS = ProfilePart.of("visits")

Judge: TypeAlias = Callable[[Sequence[tuple[Profile, Collection[str]]], Sequence[Row], int], list[Row]]
"""Takes profiles with their visits, each with the segments that the feed last reported for it; the followed segments'
rows (id, rule, sweptTo, silent); and now (ms). Returns number, segments, due and news ([segment, kind]) of each."""


@dataclass(slots=True)
class SegmentFeed:
    """The feed of one database. `judge` decides which segments customers are in."""

    database: Database
    judge: Judge
    _renewed: dict[str, float] = field(default_factory=dict[str, float])
    _gone: frozenset[str] = frozenset()
    _forgot: float = 0.0

    async def look(self, waited: Collection[str]) -> bool:
        """Checks the next page of customers; returns whether there may be more. Raises Unavailable.

        Takes one round trip where there is nothing to do.
        """
        [chosen] = await self.database.read("segments/feed/choose", size=_PAGE, waited=sorted(waited))
        self._gone = frozenset(waited) - frozenset(chosen["known"])
        lists: list[list[str]] = [chosen["written"], chosen["due"], chosen["page"]]
        numbers = sorted(set().union(*lists))
        stale = [segment for segment in chosen["known"] if time.monotonic() > self._renewed.get(segment, 0.0)]
        if not numbers and not stale and chosen["start"] is None:
            await self._forget(chosen["now"])
            return False

        async def work(tx: DbTransaction) -> None:
            await self._page(tx, chosen, numbers, stale)

        await self.database.write("segment_changes", work)
        self._renewed |= dict.fromkeys(stale, time.monotonic() + _RENEW_EVERY_S)
        return bool(stale) or chosen["start"] is not None or any(len(numbers) == _PAGE for numbers in lists)

    async def _page(self, tx: DbTransaction, chosen: Row, numbers: Sequence[str], waited: Sequence[str]) -> None:
        until = chosen["now"] + KEPT_MS
        [feed] = await tx.run("segments/feed/lock", waited=waited, now=chosen["now"], until=until)
        followed, now = feed["followed"], feed["now"]
        rows = await tx.run_text(locked_customers(), numbers=numbers) if numbers else []
        customers = self.judge([(_profile(row), row["reported"]) for row in rows], followed, now)
        changes: list[Row] = [
            {"segment": segment, "kind": kind, "number": customer["number"]}
            for customer in customers
            for segment, kind in customer["news"]
        ]
        for place, change in enumerate(changes, feed["place"] + 1):
            change["place"] = place
        await tx.run(
            "segments/feed/write",
            people=[{name: row[name] for name in ("number", "segments", "due")} for row in customers],
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
        """Whether the last look that waited for the segment found it deleted."""
        return segment in self._gone

    async def after(self, place: int, size: int) -> list[Row]:
        """Up to `size` changes of all segments after a place. Raises Unavailable."""
        return await self.database.read("segments/feed/after", after=place, size=size)

    async def last(self) -> int:
        """The place where the feed ends. Raises Unavailable."""
        rows = await self.database.read("segments/feed/last")
        return rows[0]["last"] if rows else 0

    async def start(self, segment: str, after: int | None) -> int | None:
        """The place after which no change is missed: `after`, or where the feed ends; None: not ready, look again.

        Raises NotFound; InvalidInput where changes after `after` may be missing or are no longer kept.
        """
        rows = await self.database.read("segments/feed/state", id=segment)
        if not rows:
            raise NotFound("There is no such segment.")
        [state] = rows
        if after is None:
            return state["place"] if state["ready"] else None
        if state["since"] is None or not max(state["since"], state["forgotten"]) <= after <= state["place"]:
            raise InvalidInput(
                "The changes after this cursor are no longer known.",
                hint="Begin without a cursor, and read the members.",
            )
        return after


def locked_customers() -> str:
    """The statement that locks customers and reads what rules ask of them."""
    reported = ",\ncoalesce(c.segments, []) AS reported"
    return f"{load('segments/feed/customers')}\n{load('profile/base')}{columns([VISITS.name])}{reported}"


def _profile(row: Row) -> Profile:
    return Profile(row["customer"], {VISITS: row["part0"]})


def _swept(followed: Sequence[Row], start: str | None, page: Sequence[str]) -> list[Row]:
    """The new sweep position of each segment whose old one lies in the page; a page that is not full is the last."""
    if start is None:
        return []
    end = page[-1] if len(page) == _PAGE else None
    return [
        {"id": segment["id"], "to": end}
        for segment in followed
        if (at := segment["sweptTo"]) is not None and at >= start and (end is None or at < end)
    ]
