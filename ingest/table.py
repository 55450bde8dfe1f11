"""Whole tables of text from CSV and Parquet files: what is matched in bulk rather than told as events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from domain.errors import InvalidInput

_PARQUET = b"PAR1"

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
        columns = [column.cast(pa.string()).to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        raise InvalidInput(
            f"{path.name} cannot be read as CSV or Parquet.", hint="CSV needs a header row and UTF-8."
        ) from None
    names = [name.strip().lstrip("\ufeff") for name in table.column_names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"{path.name} has two columns {', '.join(twice)}.", hint="Rename one of them.")
    return {
        name: [str(cell).strip() if cell is not None else "" for cell in column]
        for name, column in zip(names, columns, strict=True)
    }


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        if file.read(4) == _PARQUET:
            return pq.read_table(path)
    names = pacsv.open_csv(path).schema.names
    return pacsv.read_csv(
        path,
        parse_options=pacsv.ParseOptions(newlines_in_values=True),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
