"""Whole tables of text from CSV and Parquet files: what is matched in bulk rather than sent as events."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from domain.errors import InvalidInput
from ingest.files.transforms import cell_text

_PARQUET = b"PAR1"
_DELIMITERS = (",", ";", "\t", "|")  # the one that the header has most of; of none the first
_HEAD = 65_536

Table = dict[str, list[str]]


def read_table(files: Sequence[Path]) -> Table:
    """Column → its cells as trimmed text, "" where there is none; the files' rows one after another.

    A column that only some of the files have is empty in the others. Raises InvalidInput where a file cannot be read
    or has a column twice.
    """
    tables = [_trimmed(path) for path in files]
    return {
        name: [text for table in tables for text in table.get(name) or [""] * len(next(iter(table.values()), ()))]
        for name in dict.fromkeys(name for table in tables for name in table)
    }


def _trimmed(path: Path) -> Table:
    try:
        table = _read(path)
        columns = [_texts(column) for column in table.columns]
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise InvalidInput(
            f"{path.name} cannot be read as CSV or Parquet.",
            hint="CSV needs a header row, and as many cells in every row.",
        ) from None
    names = [name.strip().lstrip("\ufeff") for name in table.column_names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"{path.name} has two columns {', '.join(twice)}.", hint="Rename one of them.")
    return {
        name: [str(cell).strip() if cell is not None else "" for cell in column]
        for name, column in zip(names, columns, strict=True)
    }


def _texts(column: Any) -> list[str | None]:
    """A column's cells as text; a list of values is one text, its values apart by a semicolon."""
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        return [None if cell is None else "; ".join(map(str, cell)) for cell in column.to_pylist()]
    if pa.types.is_floating(column.type):  # Arrow writes 4.3664123456e+10 for the phone number 43664123456
        return [text.removesuffix(".0") if (text := cell_text(cell)) else None for cell in column.to_pylist()]
    return column.cast(pa.string()).to_pylist()


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_PARQUET):
        return pq.read_table(path)
    try:
        return _read_csv(path, head, "utf-8")
    except pa.ArrowInvalid as error:
        if "UTF8" not in str(error):
            raise
        return _read_csv(path, head, "cp1252")  # what spreadsheets of the western world write


def _read_csv(path: Path, head: bytes, encoding: str) -> Any:
    header = re.sub(rb'"[^"]*"', b"", head.splitlines()[0] if head.strip() else b"")
    parsing = pacsv.ParseOptions(
        newlines_in_values=True, delimiter=max(_DELIMITERS, key=lambda sign: header.count(sign.encode()))
    )
    reading = pacsv.ReadOptions(encoding=encoding)
    names = pacsv.open_csv(path, reading, parsing).schema.names
    texts = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    return pacsv.read_csv(path, reading, parsing, texts)
