"""Reads events from files in bounded memory: NDJSON as it is; CSV and Parquet through a mapping; gzip by content."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from domain.errors import EventRefused, InvalidInput
from ingest.delivery import Raw
from ingest.files.grouping import grouped
from ingest.files.mapping import FileMapping
from ingest.files.parquet_rows import rows_of
from ingest.files.rows import FileRow, Mapper, RowSkipped
from ingest.files.transforms import cell_text
from ingest.split import read_line

MAX_LINE = 4 * 2**20
"""Size of one line of a file."""
_BATCH = 2_000
_CSV_BLOCK = 4 * 2**20
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"


@dataclass(slots=True)
class FileCounts:
    """What was read so far: rows (or lines), rows that the mapping passed over, fields left out as unreadable."""

    rows: int = 0
    skipped: int = 0
    omitted: int = 0


@dataclass(frozen=True, slots=True)
class _Bad:
    """A row that is no row of the table."""

    text: str
    error: EventRefused


Numbered = tuple[int, FileRow | _Bad]


def read_events(path: Path, mapping: FileMapping | None, tally: FileCounts) -> Iterator[Raw]:
    """The raw events of a file; `index` is the row or line they (or their group) begin on.

    Lines count from 1; so do Parquet rows; CSV rows count as in a spreadsheet, with the header as row 1. Raises
    InvalidInput where the file as a whole cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if head == _PARQUET:
            if mapping is None:
                raise _unmapped("A Parquet file")
            yield from _mapped(_parquet(path, mapping.columns), mapping, tally)
        elif mapping is not None:
            yield from _mapped(_csv(path, mapping, packed=head.startswith(_GZIP)), mapping, tally)
        elif ".csv" in path.suffixes or ".tsv" in path.suffixes:
            raise _unmapped("A CSV file")
        else:
            yield from _ndjson(path, tally, packed=head.startswith(_GZIP))
    except (EOFError, gzip.BadGzipFile, zlib.error, pa.ArrowException):
        raise InvalidInput(f"{path.name} is cut off or damaged.", hint="Copy it again; a second run goes on.") from None
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror or 'is it damaged?'}") from None


def row_count(path: Path) -> int | None:
    """How many rows the file says it has, where it does (Parquet)."""
    with path.open("rb") as file:
        if file.read(4) != _PARQUET:
            return None
    return _open_parquet(path).metadata.num_rows


def _mapped(rows: Iterator[Numbered], mapping: FileMapping, tally: FileCounts) -> Iterator[Raw]:
    mapper = Mapper(mapping)
    for raw in _grouped(rows, mapper, tally) if mapping.group is not None else _single(rows, mapper, tally):
        tally.omitted = mapper.omitted
        yield raw
    tally.omitted = mapper.omitted


def _single(rows: Iterator[Numbered], mapper: Mapper, tally: FileCounts) -> Iterator[Raw]:
    for number, row in rows:
        tally.rows += 1
        if isinstance(row, _Bad):
            yield Raw(number, row.text, row.error)
        else:
            yield from _event(number, [row], mapper, tally)


def _grouped(rows: Iterator[Numbered], mapper: Mapper, tally: FileCounts) -> Iterator[Raw]:
    bad: list[Raw] = []

    def sound() -> Iterator[tuple[int, FileRow]]:
        for number, row in rows:
            tally.rows += 1
            if isinstance(row, _Bad):
                bad.append(Raw(number, row.text, row.error))
            else:
                yield number, row

    for group, error in grouped(sound(), mapper.key, cast(Any, mapper.mapping.group).window):
        yield from bad
        bad.clear()
        if error is not None:
            yield Raw(group[0][0], {"rows": [_texts(row) for _, row in group]}, error)
        else:
            yield from _event(group[0][0], [row for _, row in group], mapper, tally)
    yield from bad


def _event(number: int, rows: list[FileRow], mapper: Mapper, tally: FileCounts) -> Iterator[Raw]:
    try:
        yield Raw(number, mapper.event(rows))
    except RowSkipped:
        tally.skipped += len(rows)
    except EventRefused as error:
        yield Raw(number, {"rows": [_texts(row) for row in rows]}, error)


def _texts(row: FileRow) -> dict[str, str]:
    return {name: cell_text(cell) for name, cell in row.items()}


def _ndjson(path: Path, tally: FileCounts, *, packed: bool) -> Iterator[Raw]:
    with cast(BinaryIO, gzip.open(path) if packed else path.open("rb")) as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
                if line.lstrip().startswith(b"["):
                    raise InvalidInput(
                        f"{path.name} is a JSON array.", hint="Write one event a line: jq -c '.[]' FILE."
                    )
            if not line.strip():
                continue
            tally.rows += 1
            if len(line) > MAX_LINE:
                while len(line) > MAX_LINE and not line.endswith(b"\n"):
                    line = file.readline(MAX_LINE + 1)
                yield Raw(number, None, EventRefused("", f"is longer than {MAX_LINE} bytes"))
                continue
            yield read_line(number, line)


def _parquet(path: Path, columns: list[str]) -> Iterator[Numbered]:
    file = _open_parquet(path)
    _check_columns(path, columns, file.schema_arrow.names)
    number = 0
    for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
        for row in rows_of(batch):
            number += 1
            yield number, row


def _open_parquet(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except pa.ArrowException:
        raise InvalidInput(f"{path.name} is not a whole Parquet file.") from None


def _csv(path: Path, mapping: FileMapping, *, packed: bool) -> Iterator[Numbered]:
    names = _csv_header(path, mapping, packed=packed)
    _check_columns(path, mapping.columns, names)
    bad: dict[int, _Bad] = {}

    def keep(row: Any) -> str:
        words = f"has {row.actual_columns} columns, not {row.expected_columns}"
        bad[row.number] = _Bad(row.text, EventRefused("", words, hint="Is a delimiter or a quote missing?"))
        return "skip"

    raw = pa.OSFile(str(path))
    try:
        reader = pacsv.open_csv(
            pa.CompressedInputStream(raw, "gzip") if packed else raw,
            # One thread, because only then does Arrow tell the number of a bad row.
            read_options=pacsv.ReadOptions(use_threads=False, block_size=_CSV_BLOCK, encoding=mapping.csv.encoding),
            parse_options=pacsv.ParseOptions(
                delimiter=mapping.csv.delimiter, newlines_in_values=True, invalid_row_handler=keep
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                include_columns=mapping.columns,
                strings_can_be_null=False,
            ),
        )
        number = 2
        for batch in reader:
            for start in range(0, batch.num_rows, _BATCH):
                for row in batch.slice(start, _BATCH).to_pylist():
                    while number in bad:
                        yield number, bad.pop(number)
                        number += 1
                    yield number, row
                    number += 1
        yield from sorted(bad.items())
    except (pa.ArrowException, UnicodeDecodeError) as error:
        utf8 = isinstance(error, UnicodeDecodeError) or "UTF8" in str(error)
        what = f"is not {mapping.csv.encoding}" if utf8 else "is not CSV from some row on"
        raise InvalidInput(f"{path.name} {what}.", hint="Name its encoding and delimiter under `csv:`.") from None


def _csv_header(path: Path, mapping: FileMapping, *, packed: bool) -> list[str]:
    encoding = "utf-8-sig" if mapping.csv.encoding.lower() in ("utf-8", "utf8") else mapping.csv.encoding
    try:
        with cast(BinaryIO, gzip.open(path) if packed else path.open("rb")) as file:
            text = io.TextIOWrapper(file, encoding, newline="")
            return next(csv.reader(text, delimiter=mapping.csv.delimiter), [])
    except (UnicodeDecodeError, LookupError):
        raise InvalidInput(f"{path.name} is not {mapping.csv.encoding}.", hint="Set csv.encoding.") from None


def _check_columns(path: Path, wanted: list[str], found: list[str]) -> None:
    missing = [name for name in wanted if name not in found]
    if missing:
        raise InvalidInput(
            f"{path.name} has no column {', '.join(missing)}.", hint=f"It has: {', '.join(found)[:500]}."
        )
    twice = [name for name in wanted if found.count(name) > 1]
    if twice:
        raise InvalidInput(f"{path.name} has two columns {', '.join(twice)}.", hint="Rename one of them.")


def _unmapped(what: str) -> InvalidInput:
    return InvalidInput(
        f"{what} needs a mapping.", hint="Add --mapping FILE.yaml; docs/ingest.md shows how to write one."
    )
