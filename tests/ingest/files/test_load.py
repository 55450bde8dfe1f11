"""A load counts what became of its rows, waits where the intake is full, and may be run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from domain.errors import Overloaded, Unavailable
from ingest.files.load import BATCH, load
from tests.kit.memory import MemorySink, MemoryStore


def identify(number: int, **fields: Any) -> dict[str, Any]:
    return {"type": "identify", "messageId": f"m-{number}", "source": "till", "at": "2026-03-01T18:30:00Z", **fields}


def ndjson(path: Path, count: int) -> Path:
    path.write_text("".join(json.dumps(identify(number)) + "\n" for number in range(count)))
    return path


async def test_load_counts_and_may_be_run_again(tmp_path: Path) -> None:
    path = ndjson(tmp_path / "x.ndjson", 3 * BATCH + 7)
    with path.open("a") as file:
        file.write("oops\n" + json.dumps({**identify(1), "at": "soon"}) + "\n")
    sink, store = MemorySink(), MemoryStore()
    first = await load([(path, None)], sink, store, lambda _: None)
    assert (first.rows, first.accepted, first.duplicates, first.refused) == (1_509, 1_507, 0, 2)
    assert [(shown.row, shown.pointer) for shown in first.refusals] == [(1_508, ""), (1_509, "/at")]
    assert {shown.quarantine_id for shown in first.refusals} == set(store.refusals)
    again = await load([(path, None)], sink, store, lambda _: None)
    assert (again.accepted, again.duplicates, again.refused) == (0, 1_507, 2)
    assert len(store.refusals) == 2


async def test_load_waits_where_the_intake_is_full_and_goes_on(tmp_path: Path) -> None:
    path = ndjson(tmp_path / "x.ndjson", 10)
    for fault in (Overloaded("Full.", retry_after=0), Unavailable("Down.")):
        sink = MemorySink()
        sink.fault = fault
        summary = await load([(path, None)], sink, MemoryStore(), lambda _: None)
        assert (summary.accepted, sink.submits) == (10, 2)


async def test_load_gives_a_source_to_events_without_one(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    event = identify(1)
    del event["source"]
    path.write_text(json.dumps(event) + "\n" + json.dumps(identify(2)) + "\n")
    sink = MemorySink()
    await load([(path, None)], sink, MemoryStore(), lambda _: None, source="app")
    assert [event.source for event in sink.events] == ["app", "till"]
