"""A whole bulk job, step by step: what live intake would have made of the same events, as files for the import.

The partition, golden records, orders and identifiers equal those of live intake (a test holds it); so do customer
numbers where live intake takes all events in one batch. Memory is bounded by the spill's limit, the largest component
and some 40 bytes for each record and connection; disk by about twice the size of the events.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from ingest.bulk import comparing, deciding, folding, reading, scope
from ingest.bulk.parts import BulkParts
from ingest.bulk.process_pool import PeakMemory, Workers, given, open_workers
from ingest.bulk.spill import Spill, SpillTable
from ingest.bulk.tables import Rows, Writer, write_headers
from ingest.delivery import Raw

JobStep = Callable[[str, int], None]
_READ = 500
_FOLD = 4_000
_COMPARE = 20_000
_DECIDE = 3_000


@dataclass(slots=True)
class BulkReport:
    """What became of the events. `seconds` by step; `peak_bytes` over all processes of the job."""

    events: int = 0
    repeated: int = 0
    refused: int = 0
    warnings: int = 0
    records: int = 0
    identifiers: int = 0
    shared: int = 0
    components: int = 0
    people: int = 0
    kept_apart: int = 0
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    peak_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One job: `work` is a folder for the spill file, `out` one for the files; both exist and are empty.

    `source` names the sender of events that do not. With `keep`, events stay whole in the spill, for a live store.
    """

    parts: BulkParts
    work: Path
    out: Path
    processes: int
    source: str | None = None
    keep: bool = False


def run(
    job: Job, raws: Iterable[Sequence[Raw]], step: JobStep, *, then: Callable[[Spill, BulkReport], None]
) -> BulkReport:
    """Does the job. `then` is called with the spill at the end, before it is closed. `step` gets the progress."""
    report = BulkReport()
    with PeakMemory() as memory, open_workers(job.parts, job.out, job.processes) as workers:
        spill = Spill(job.work, threads=job.processes)
        try:
            work = _JobTry(job, spill, workers, step, report)
            work.read(raws)
            work.fold()
            work.scope()
            if not job.keep:
                work.decide()
                work.write()
            then(spill, report)
        finally:
            spill.close()
    report.peak_bytes = memory.bytes
    return report


@dataclass(frozen=True, slots=True)
class _JobTry:
    job: Job
    spill: Spill
    workers: Workers
    step: JobStep
    report: BulkReport

    def read(self, raws: Iterable[Sequence[Raw]]) -> None:
        with self._timed("read"):
            for tables in self.workers.each(_read, self._numbered(raws)):
                self._add(tables)
            self.spill.do("repeated_events")
            [(events, repeated, refused, warnings, identifiers)] = self.spill.rows("read_counts")
        report = self.report
        report.events, report.repeated, report.refused = events, repeated, refused
        report.warnings, report.identifiers = int(warnings), identifiers

    def _numbered(self, raws: Iterable[Sequence[Raw]]) -> Iterator[tuple[Any, ...]]:
        start = 0
        for some in raws:
            yield start, some, self.job.source, self.job.keep
            start += len(some)
            self.step("read", len(some))

    def fold(self) -> None:
        with self._timed("fold"):
            if not self.job.keep:
                for tables in self.workers.each(_fold_orders, self._pieces("order_claims", "transaction", _FOLD)):
                    self._add(tables)
            for tables in self.workers.each(
                _fold_records, self._counted(self._pieces("record_claims", "record", _FOLD))
            ):
                self._add(tables)
                self.step("fold", tables["records"].num_rows)

    def _counted(self, pieces: Iterable[tuple[SpillTable]]) -> Iterator[tuple[Any, ...]]:
        for (piece,) in pieces:
            yield piece, self.report.records
            self.report.records += len(piece.column("record").unique())

    def scope(self) -> None:
        with self._timed("scope"):
            self.report.shared = len(scope.share(self.spill, self.job.parts.policies))
            scope.cool(self.spill)
            for tables in self.workers.each(_compare, self._pairs()):
                self._add(tables)
            scope.connect(self.spill, self.report.records)

    def _pairs(self) -> Iterator[tuple[Any, ...]]:
        """Pairs to compare, in pieces, as numbers of records: their profiles are in one file beside the spill."""
        profiles = self.job.work / "profiles.arrow"
        self.spill.write("record_profiles", profiles)
        pairs = self.spill.arrays("token_pairs")
        for start in range(0, len(pairs["one"]), _COMPARE):
            yield profiles, *(pairs[side][start : start + _COMPARE] for side in ("one", "other"))

    def decide(self) -> None:
        with self._timed("decide"):
            for found in self.workers.each(_decide, self._pieces("component_records", "scope", _DECIDE)):
                self.report.components += found["components"]
                self.report.people += found["people"]
                self.report.kept_apart += found["apart"]
                self.step("decide", found["records"])

    def write(self) -> None:
        with self._timed("write"):
            for count in self.workers.each(_write_events, ((t,) for t in self._batches("events"))):
                self.step("write", count)
            for count in self.workers.each(_write_identifiers, ((t,) for t in self._batches("identifiers"))):
                self.step("write", count)
            writer = Writer(self.job.out, "0")
            for tokens in self._batches("blocking_tokens"):
                writer.write({"MatchKey": tokens.to_pylist()})
            writer.write(self._places())
            write_headers(self.job.out)

    def _batches(self, name: str) -> Iterator[SpillTable]:
        return (pa.Table.from_batches([batch]) for batch in self.spill.batches(name))

    def _pieces(self, name: str, column: str, least: int) -> Iterator[tuple[SpillTable]]:
        return ((piece,) for piece in self.spill.groups(name, column, least=least))

    def _add(self, tables: dict[str, SpillTable]) -> None:
        for name, rows in tables.items():
            self.spill.add(name, rows)

    def _places(self) -> Rows:
        """Stores, brands and products: what reference data say, else what orders call them."""
        found: dict[str, dict[str, dict[str, Any]]] = {"Store": {}, "Brand": {}, "Product": {}}
        brand_of: dict[str, str] = {}
        for store, brand in self.spill.rows("places"):
            found["Store"][store] = {"id": store, "name": store}
            found["Brand"][brand] = {"id": brand, "name": brand}
        for product, name, named in self.spill.rows("products"):
            found["Product"][product] = {"id": product, "name": name, "named": named}
        for kind, id_, row, clock in self.spill.rows("references"):
            content = orjson.loads(row)
            if kind == "Store":
                brand_of[id_] = content.pop("brand")
            found[kind][id_] = content | {"clock": clock}
        rows: Rows = {kind: list(of.values()) for kind, of in found.items()}
        return rows | {"OF": [{"from": store, "to": brand} for store, brand in sorted(brand_of.items())]}

    @contextmanager
    def _timed(self, name: str) -> Generator[None]:
        started = time.monotonic()
        self.step(name, 0)
        yield
        self.report.seconds[name] = round(time.monotonic() - started, 1)


def processes() -> int:
    """As many workers as there are processors for this process."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _read(start: int, raws: Sequence[Raw], source: str | None, keep: bool) -> dict[str, SpillTable]:
    parts, _ = given()
    return reading.read(parts, start, raws, source, keep=keep)


def _fold_orders(sold: SpillTable) -> dict[str, SpillTable]:
    parts, writer = given()
    return folding.fold_orders(parts, sold, writer)


def _fold_records(said: SpillTable, start: int) -> dict[str, SpillTable]:
    parts, _ = given()
    return folding.fold_records(parts, said, start)


def _compare(profiles: Path, one: Any, other: Any) -> dict[str, SpillTable]:
    parts, _ = given()
    return comparing.compare(parts, profiles, one, other)


def _decide(records: SpillTable) -> dict[str, int]:
    parts, writer = given()
    return deciding.decide_components(parts, records, writer) | {"records": records.num_rows}


def _write_events(events: SpillTable) -> int:
    parts, writer = given()
    rows = events.to_pylist()
    writer.write(
        {
            "SENT": [{"from": row["record"], "to": row["key"]} for row in rows if row["record"] is not None],
            "Event": [_receipt(row, parts.now) for row in rows],
        }
    )
    return len(rows)


def _receipt(row: dict[str, Any], now: str) -> dict[str, Any]:
    # As if some hundred were committed at a time: a history is read, and repeated, commit by commit.
    received = datetime.fromisoformat(now) + timedelta(microseconds=row["seq"] // _READ)
    return {n: v for n, v in row.items() if n not in ("record", "seq")} | {"receivedAt": received.isoformat()}


def _write_identifiers(identifiers: SpillTable) -> int:
    _, writer = given()
    rows = identifiers.to_pylist()
    writer.write(
        {
            "Identifier": [
                row
                | {"shared": row["people"] is not None}
                | {"label": ["Identifier", "Device"] if row["type"] == "device_id" else "Identifier"}
                for row in rows
            ]
        }
    )
    return len(rows)
