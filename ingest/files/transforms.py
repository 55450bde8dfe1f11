"""Transforms of a mapping: each takes the text of a cell and returns text, or raises ValueError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.files.parquet_rows import UnheldCell

Transform = Callable[[str], str]
_PLAIN: dict[str, Transform] = {
    "strip": str.strip,
    "lower": str.lower,
    "upper": str.upper,
    "title": str.title,
    "digits": lambda text: "".join(filter(str.isdecimal, text)),
}
NAMES = (
    *_PLAIN,
    "integer",
    "decimal",
    "decimal:<places>",
    "date:<format>",
    "datetime:<format>@<zone>",
    "prefix:<text>",
)


def transform(spec: str | Mapping[Any, Mapping[str, str]]) -> Transform:
    """The transform that `spec` names. Raises ValueError with what is wrong with it."""
    if isinstance(spec, Mapping):
        if list(spec) != ["map"]:
            raise ValueError("an object names one transform: map")
        table = dict(spec["map"])
        return lambda text: table.get(text, text)
    name, colon, argument = spec.partition(":")
    if name in _PLAIN and not colon:
        return _PLAIN[name]
    if name == "integer" and not colon:
        return _integer
    if name == "decimal":
        return _decimal(argument if colon else None)
    if name == "date" and argument:
        return _date(argument)
    if name == "datetime" and colon:
        return _datetime(argument)
    if name == "prefix" and argument:
        return lambda text: argument + text
    raise ValueError(f"is no transform; there are {', '.join(NAMES)} and map")


def cell_text(cell: Any) -> str:
    """A cell of any type as text: dates in ISO 8601, numbers in their shortest form, nothing (and NaN) as ''."""
    if isinstance(cell, str):
        return cell
    if cell is None or cell != cell or isinstance(cell, UnheldCell):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    return str(cell)


def _integer(text: str) -> str:
    # A column of whole numbers with gaps comes out of many tools as 12.0.
    number = _number(text)
    if number != number.to_integral_value():
        raise ValueError("is not a whole number")
    return str(int(number))


def _decimal(places: str | None) -> Transform:
    if places is None:
        return lambda text: format(_number(text), "f")
    if not places.isdecimal():
        raise ValueError("decimal:<places> wants a whole number")
    step = Decimal(1).scaleb(-int(places))

    def rounded(text: str) -> str:
        try:
            return format(_number(text).quantize(step, ROUND_HALF_EVEN), "f")
        except InvalidOperation:
            raise ValueError("is too large a number") from None

    return rounded


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError("is not a number") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError("is not a number")
    return number


def _date(format_: str) -> Transform:
    def read(text: str) -> str:
        try:
            return datetime.strptime(text.strip(), format_).date().isoformat()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            raise ValueError(f"is not a date of the form {format_}") from None

    return read


def _datetime(argument: str) -> Transform:
    format_, at, zone_name = argument.rpartition("@")
    if not at:
        format_, zone_name = argument, ""
    try:
        zone = ZoneInfo(zone_name) if zone_name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("names no time zone after @; zones are named like Europe/Rome") from None

    def read(text: str) -> str:
        text = text.strip()
        try:
            moment = datetime.strptime(text, format_) if format_ else datetime.fromisoformat(text)  # noqa: DTZ007
        except ValueError:
            raise ValueError(f"is not a time of the form {format_ or 'ISO 8601'}") from None
        if moment.tzinfo is None:
            if zone is None:
                raise ValueError("has no time zone; name it in the mapping: datetime:<format>@<zone>")
            moment = moment.replace(tzinfo=zone)
        try:
            return moment.astimezone(UTC).isoformat()
        except OverflowError:
            raise ValueError("is a time that UTC has no year for") from None

    return read
