"""Parquet rows: every value that can be held is read, and one that cannot costs its own cell."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from identity.claims import ClaimsReader
from ingest.files.mapping import FileMapping
from ingest.files.parquet_rows import UnheldCell, rows_of
from ingest.files.reader import FileCounts, read_events
from ingest.files.transforms import cell_text
from ingest.parse import parse
from matching import default
from tests.kit.building import VAULT

MAPPING: dict[str, Any] = {
    "event": "identify", "source": "crm", "constants": {"at": "2026-03-01T18:30:00Z"},
    "fields": {"subject.id": "id", "subject.identifiers.phone": "phone", "subject.identifiers.loyalty_card": "card",
               "subject.traits.extra.until": "until"},
}  # fmt: skip


def cells(kind: Any, *values: Any) -> list[Any]:
    whole = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    array = pa.array(values, whole).cast(kind) if pa.types.is_temporal(kind) else pa.array(values, kind)
    return [row["x"] for row in rows_of(pa.record_batch({"x": array}))]


def test_times_are_read_in_their_zone_and_without_other_packages() -> None:
    second = 1_767_225_600
    for unit, per_second in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        for zone, text in (
            (None, "2026-01-01T00:00:00"),
            ("UTC", "2026-01-01T00:00:00+00:00"),
            ("Asia/Tokyo", "2026-01-01T09:00:00+09:00"),
            ("-05:30", "2025-12-31T18:30:00-05:30"),
            ("Mars/Base", "2026-01-01T00:00:00+00:00"),
        ):
            at, nothing = cells(pa.timestamp(unit, zone), second * per_second, None)
            assert (type(at), cell_text(at), nothing) == (datetime, text, None)  # not a type of pandas
    assert cells(pa.timestamp("ns"), second * 10**9 + 123_456_789) == [datetime(2026, 1, 1, 0, 0, 0, 123_456)]  # noqa: DTZ001


def test_what_cannot_be_held_costs_its_own_cell() -> None:
    last = 253_402_300_799  # the last second of the year 9999, which is the year 10000 in Tokyo
    assert cells(pa.timestamp("us", "Asia/Tokyo"), last * 10**6) == [datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)]
    assert cells(pa.timestamp("s"), 0, last + 1, -(2**60)) == [datetime(1970, 1, 1), UnheldCell(), UnheldCell()]  # noqa: DTZ001
    assert [cell == UnheldCell() for cell in cells(pa.date32(), 0, 10**8)] == [False, True]
    assert [cell == UnheldCell() for cell in cells(pa.date64(), 0, 10**17)] == [False, True]
    assert cell_text(UnheldCell()) == ""


def test_a_short_float_shows_what_it_lost() -> None:
    assert cells(pa.float32(), 12.3, 4711.0, None, float("nan")) == ["12.3", "4711.0", None, None]
    [phone] = cells(pa.float32(), 43664123456.0)
    assert "e+" in phone
    assert cells(pa.float64(), 43664123456.0) == [43664123456.0]
    assert cells(pa.decimal128(10, 2), Decimal("9.10")) == [Decimal("9.10")]


def test_numbers_and_dates_of_a_data_frame_cost_no_row(tmp_path: Path) -> None:
    path = tmp_path / "guests.parquet"
    until = [0, 0, 253_402_300_799 * 10**6, 2**62, None]
    table = pa.table(
        {
            "id": [4711.0, 4712.0, 4713.0, 4714.0, 4715.0],
            "phone": [43664123456.0, None, 43664123457.0, 43664123458.0, 43664123459.0],
            "card": [60010012345.0, None, 6001001234567890123.0, 60010012348.0, 60010012349.0],
            "until": pa.array(until, pa.int64()).cast(pa.timestamp("us", "Asia/Tokyo")),
        }
    )
    pq.write_table(table, path)
    raws = list(read_events(path, FileMapping.model_validate(MAPPING), FileCounts()))
    assert [(raw.index, raw.error and (raw.error.pointer, raw.error.message)) for raw in raws] == [
        (1, None),
        (2, None),
        (3, None),
        (4, ("/subject/traits/extra/until", "holds a value out of range")),
        (5, None),
    ]
    reader = ClaimsReader(VAULT, default(), "AT")
    said = [reader.claims(parse(raw.value)) for raw in raws if raw.error is None]
    assert [one.subjects[0].subject_id for one in said] == ["4711", "4712", "4713", "4715"]
    found = [{i.type: i.value for i in one.subjects[0].identifiers} for one in said]
    assert found[0] == {"phone": "+43664123456", "loyalty_card": "60010012345"}
    assert found[2] == {"phone": "+43664123457"}
    assert said[2].warnings == (
        "/subject/identifiers/loyalty_card/0: is a rounded number, which has lost its last digits; left out",
    )
