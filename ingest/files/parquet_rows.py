"""Rows of Parquet files as Python values: what Python cannot hold costs its own cell, and no other row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class UnheldCell:
    """A cell whose value no calendar or type of Python holds, such as the year 20000."""

    reason: str = "holds a value out of range"


def rows_of(batch: Any) -> Iterator[dict[str, Any]]:
    """The rows of a record batch by column name. Needs no package beside Arrow, whatever the types are."""
    columns = [_cells(column) for column in batch.columns]
    names = batch.schema.names
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _cells(column: Any) -> list[Any]:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_timestamp(kind):
        moment = _moments(kind.unit, kind.tz)
        return [None if count is None else moment(count) for count in column.cast(pa.int64()).to_pylist()]
    if pa.types.is_float32(kind) or pa.types.is_float16(kind):
        # As text in their own precision: 0.1 stays 0.1, and a number that lost its last digits shows it.
        return [None if cell is None or cell != cell else str(np.float32(cell)) for cell in column.to_pylist()]
    try:
        return column.to_pylist()
    except (pa.ArrowException, ArithmeticError, ValueError):
        return [_cell(scalar) for scalar in column]


def _cell(scalar: Any) -> Any:
    try:
        return scalar.as_py()
    except (pa.ArrowException, ArithmeticError, ValueError):
        return UnheldCell()


def _moments(unit: str, zone_name: str | None) -> Callable[[int], Any]:
    """A function from a timestamp's count to the moment in its zone, or in UTC where the zone cannot tell it."""
    per_second, zone = _PER_SECOND[unit], _zone(zone_name) if zone_name else None

    def moment(count: int) -> Any:
        seconds, rest = divmod(count, per_second)
        try:
            at = _EPOCH + timedelta(seconds=seconds, microseconds=rest * 10**6 // per_second)
        except OverflowError:
            return UnheldCell()
        if zone is None:
            return at.replace(tzinfo=None)
        try:
            return at.astimezone(zone)
        except OverflowError:  # the last hours of the year 9999, east of Greenwich
            return at

    return moment


@cache
def _zone(name: str) -> tzinfo:
    """The zone, or UTC where nobody knows it: the moment is the same."""
    try:
        if name[:1] in ("+", "-"):
            sign, hours, minutes = name[:1], int(name[1:3]), int(name[-2:])
            offset = timedelta(hours=hours, minutes=minutes)
            return timezone(-offset if sign == "-" else offset)
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return UTC
