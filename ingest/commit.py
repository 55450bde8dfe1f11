"""Commits a batch of claims in one transaction: idempotent, atomic, and touching only the components it must.

    1. claim         tell new events from old, lock what they name                      ingest.claiming
    2. lock, merge   read all that the batch may change, and merge its claims onto it   ingest.claiming, ingest.merging
    3. report        write what was reported: receipts, orders, …                       ingest.reporters
       ∥ resolve     find out who is who, in a thread meanwhile                         identity.repartition
    4. write         write the people                                                   identity.repartition

Each is one round trip, whatever the size of the batch; a batch whose order belongs to another record than it names,
that splits a person, that takes a first or last visit back, or in which a record takes or gives up blocking tokens
(`identity.blocking_tokens`), needs one more. An event that brings no new evidence (a known guest's next order) takes
the short way: counters of its record and customer change by the difference, and no sibling record is read.

What is reported, and how, is the reporters' business: another domain adds one and does not change this module.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from graph.store.database import DbTransaction
from identity import repartition
from identity.claims import Claims
from identity.customer_rows import REVIEWED
from identity.large_components import LARGE
from identity.parts import IdentityParts
from identity.resolution import Resolution
from ingest.claiming import ClaimedBatch, OpenedBatch, claim, lock_and_merge
from ingest.merging import NAMES_SEVERAL, merge_orders, notes_of
from ingest.misdated import dated
from ingest.reporters import REPORTERS, Reported, Reporter
from ingest.reporters.reporter import queries_of, rows_of
from ingest.visit_spans import set_spans_anew
from loyalty.programme.programmes import programmes_of

Check = Callable[[DbTransaction], Awaitable[None]]
"""Works in the transaction of a batch, behind its locks. As `check`, before anything is written, it looks whether the
batch may be committed; as `then`, once people are written, it writes what follows from who is who. What it raises ends
the commit."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What came of a batch: the keys of its new events, what their senders should know, by event, who is who, and how
    many blocking tokens are hot now."""

    events: set[str] = field(default_factory=set[str])
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    resolution: Resolution = field(default_factory=Resolution)
    hot: int = 0

    def new(self, batch: Sequence[Claims]) -> list[bool]:
        """For each event in order, whether it was new."""
        new, answers = set(self.events), list[bool]()
        for claims in batch:
            answers.append(claims.event in new)
            new.discard(claims.event)
        return answers


@dataclass(frozen=True, slots=True)
class Committer:
    """Writes batches to one database under one identity configuration and its programme."""

    parts: IdentityParts
    reporters: Sequence[Reporter] = REPORTERS

    async def commit(self, batch: Sequence[Claims], *, large: bool = True, at: datetime | None = None) -> list[bool]:
        """For each event in order, whether it was new. See `take`."""
        return (await self.take(batch, large=large, at=at)).new(batch)

    async def take(
        self,
        batch: Sequence[Claims],
        *,
        large: bool = True,
        at: datetime | None = None,
        check: Check | None = None,
        then: Check | None = None,
    ) -> Committed:
        """What came of the batch. Durable when this returns. Raises Unavailable, and what `check` and `then` raise:
        then nothing was written. A batch of events that all came before is not checked.

        `at` is when it was committed first, where a history is repeated.

        With `large` off it raises InLargeComponents, having written nothing, where events stand in a component that is
        known to be large: whoever has others waiting commits these apart.
        """

        received = at or datetime.now(UTC)
        batch = [dated(claims, received) for claims in batch]

        async def work(tx: DbTransaction) -> Committed:
            committed = await self._try(tx, batch, large, at, check)
            if committed.events and then is not None:
                await then(tx)
            return committed

        committed = await self.parts.database.write("intake", work)
        self.parts.large_components.learn(committed.resolution.placement.sizes)
        self._count(committed)
        return committed

    async def _try(
        self, tx: DbTransaction, batch: Sequence[Claims], large: bool, at: datetime | None, check: Check | None
    ) -> Committed:
        """One try. All that it works on is read anew, so nothing of a failed one is left."""
        claimed = await claim(tx, self.parts.vault, batch, at or datetime.now(UTC))
        if not claimed.fresh:
            return Committed()
        opened = await lock_and_merge(tx, self.parts, claimed, large=large)
        if check is not None:
            await check(tx)
        # Resolutions of one component follow each other behind its lock, and so do their times.
        now = at or datetime.now(UTC)
        programmes = await programmes_of(self.parts.read_model).as_of(tx, claimed.programme)
        shortened = merge_orders(claimed.fresh, claimed.orders, opened.records, self.parts.vault, programmes)
        await set_spans_anew(tx, shortened, opened.records, claimed.orders)
        resolution = await self._report_and_resolve(tx, claimed, opened, now)
        await repartition.write(
            tx,
            self.parts,
            await repartition.number(tx, self.parts, opened.pool, resolution, at=now),
            repartition.INTAKE,
            touched=_touched(claimed),
            records=opened.records,
            tokens=opened.tokens,
            now=now,
        )
        hot = sum(row["hot"] for row in opened.tokens.get("blockingTokens", ()))
        notes = notes_of(claimed.fresh, opened.records, claimed.orders)
        return Committed({claims.event for claims in claimed.fresh}, notes, resolution, hot)

    async def _report_and_resolve(
        self, tx: DbTransaction, claimed: ClaimedBatch, opened: OpenedBatch, now: datetime
    ) -> Resolution:
        """The store writes what was reported while a thread finds out what it means. Neither is left running alone: the
        transaction serves one query at a time, also the one that takes it back."""
        reported = Reported(claimed.fresh, claimed.orders, opened.records, self.parts.vault)
        rows = rows_of(self.reporters, reported) | {"now": now.isoformat()}
        resolving = asyncio.create_task(repartition.resolve(self.parts, opened.pool))
        if len(opened.pool) > LARGE:
            await resolving  # too long to hold the locks of stores and products meanwhile
        try:
            await tx.run(*queries_of(self.reporters), batch=rows)
        finally:
            resolution = await resolving
        return resolution

    def _count(self, committed: Committed) -> None:
        counts, resolution = self.parts.counts, committed.resolution
        counts.created += sum(person.number is None for person in resolution.persons)
        counts.merged += len(resolution.retired)
        counts.held += sum(row["rule"] in REVIEWED for row in resolution.kept_apart)
        counts.hot += committed.hot
        counts.several += sum(NAMES_SEVERAL in notes for notes in committed.notes.values())


def _touched(claimed: ClaimedBatch) -> set[str]:
    """Records that the batch named or whose transactions it changed."""
    named = {subject.record for _, subject in claimed.subjects}
    owners = {owner for state in claimed.orders.values() for owner in (state.owner, state.stored_owner) if owner}
    return named | owners
