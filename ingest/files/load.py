"""Sends the events of files to the intake, a few batches at a time; may be stopped and run again at any point.

A second run goes through the files from the start: what was taken before is a duplicate then, because the message id
of a row is the same in each run.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.errors import EventRefused, Overloaded, Unavailable
from domain.events import Event
from ingest.delivery import EventReader, EventSink, Raw, Receipt, RefusalStore, deliver
from ingest.files.mapping import FileMapping
from ingest.files.reader import FileCounts, read_events
from ingest.parse import parse

BATCH = 500
_AT_ONCE = 4
_ATTEMPTS = 5
_MAX_SHOWN = 20
_MAX_REASONS = 1_000
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A refusal as it is shown: where it stands, what is wrong, never what it holds."""

    file: str
    row: int
    pointer: str
    message: str
    hint: str | None
    quarantine_id: str | None = None


@dataclass(slots=True)
class Summary:
    """What became of the files. Every event is accepted (in a dry run: valid), a duplicate or refused."""

    files: int = 0
    rows: int = 0
    skipped: int = 0
    omitted: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    warnings: Counter[str] = field(default_factory=Counter[str])
    types: Counter[str] = field(default_factory=Counter[str])
    reasons: Counter[str] = field(default_factory=Counter[str])
    refusals: list[Shown] = field(default_factory=list[Shown])
    samples: list[Event] = field(default_factory=list[Event])

    def refuse(self, refusal: Shown) -> None:
        """Counts a refusal; the first of them are kept whole, and reasons up to a bound."""
        self.refused += 1
        reason = f"{refusal.pointer} {refusal.message}".strip()
        self.reasons[reason if len(self.reasons) < _MAX_REASONS or reason in self.reasons else "other reasons"] += 1
        if len(self.refusals) < _MAX_SHOWN:
            self.refusals.append(refusal)


LoadReport = Callable[[Summary], None]
Source = tuple[Path, FileMapping | None]


def dry_run(
    sources: Sequence[Source],
    report: LoadReport,
    *,
    source: str | None = None,
    brands: Mapping[str, str] | None = None,
) -> Summary:
    """Reads everything and sends nothing. `brands`: see `parse`."""
    summary, read = Summary(), _reader(source, brands)
    for path, mapping in sources:
        for raws in _batches(path, mapping, summary):
            for raw in raws:
                try:
                    if raw.error is not None:
                        raise raw.error
                    event = read(raw.value)
                except EventRefused as error:
                    summary.refuse(Shown(path.name, raw.index, error.pointer, error.message, error.hint))
                else:
                    summary.accepted += 1
                    summary.types[event.type] += 1
                    if len(summary.samples) < _SAMPLES:
                        summary.samples.append(event)
            report(summary)
    return summary


async def load(
    sources: Sequence[Source],
    sink: EventSink,
    store: RefusalStore,
    report: LoadReport,
    *,
    source: str | None = None,
    brands: Mapping[str, str] | None = None,
) -> Summary:
    """Every event is taken or quarantined when this returns. Raises Unavailable where the store stays away."""
    summary, read = Summary(), _reader(source, brands)
    waiting: asyncio.Queue[tuple[Path, list[Raw]]] = asyncio.Queue(_AT_ONCE)

    async def work() -> None:
        while True:
            path, raws = await waiting.get()
            _count(summary, path, await _send(raws, read, sink, store))
            report(summary)
            waiting.task_done()

    async def feed() -> None:
        for path, mapping in sources:
            for raws in _batches(path, mapping, summary):
                await waiting.put((path, raws))
        await waiting.join()

    async with asyncio.TaskGroup() as group:
        workers = [group.create_task(work()) for _ in range(_AT_ONCE)]
        await group.create_task(feed())
        for worker in workers:
            worker.cancel()
    return summary


def _batches(path: Path, mapping: FileMapping | None, summary: Summary) -> Iterator[list[Raw]]:
    tally = FileCounts()
    before = (summary.rows, summary.skipped, summary.omitted)
    summary.files += 1

    def count() -> None:
        summary.rows, summary.skipped, summary.omitted = (
            old + new for old, new in zip(before, (tally.rows, tally.skipped, tally.omitted), strict=True)
        )

    batch: list[Raw] = []
    for raw in read_events(path, mapping, tally):
        batch.append(raw)
        if len(batch) == BATCH:
            count()
            yield batch
            batch = []
    count()
    if batch:
        yield batch


async def _send(raws: Sequence[Raw], read: EventReader, sink: EventSink, store: RefusalStore) -> Receipt:
    failures = 0
    while True:
        try:
            return await deliver(raws, read, sink, store)
        except Overloaded as busy:
            await asyncio.sleep(busy.retry_after)
        except Unavailable:
            failures += 1
            if failures == _ATTEMPTS:
                raise
            await asyncio.sleep(0.05 * 2**failures)  # short: the store's door has tried for long already


def _count(summary: Summary, path: Path, receipt: Receipt) -> None:
    summary.accepted += receipt.accepted
    summary.duplicates += receipt.duplicates
    summary.warnings.update(warning for _, warning in receipt.warnings)
    for refused in receipt.refused:
        error = refused.error
        summary.refuse(Shown(path.name, refused.index, error.pointer, error.message, error.hint, refused.quarantine_id))


def _reader(source: str | None, brands: Mapping[str, str] | None) -> EventReader:
    def read(raw: Any, /) -> Event:
        if source is not None and isinstance(raw, dict) and "source" not in raw:
            raw["source"] = source  # in place, so that a refusal of this event is kept with its source
        return parse(raw, brands or {})

    return read
