"""Applies a mapping to rows: row in, raw native event out, with an id that is the same each time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from domain.errors import EventRefused
from domain.placeholders import means_none
from ingest.files import mapping as mappings
from ingest.files.mapping import FieldSpec
from ingest.files.parquet_rows import UnheldCell
from ingest.files.transforms import Transform, cell_text, transform

FileRow = Mapping[str, Any]
_MAX_ID = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")  # a line break in quotes: two lines of an address in one cell


class RowSkipped(Exception):
    """The mapping says to pass this row over."""


@dataclass(frozen=True, slots=True)
class _Value:
    spec: FieldSpec
    transforms: tuple[Transform, ...]


@dataclass(slots=True)
class Mapper:
    """A mapping made ready for many rows. `omitted` counts fields left out because their cell could not be read."""

    mapping: mappings.FileMapping
    omitted: int = 0
    _fields: list[tuple[str, list[_Value]]] = field(init=False)
    _lines: list[tuple[str, list[_Value]]] = field(init=False)
    _sums: list[tuple[str, _Value]] = field(init=False)
    _nulls: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        group = self.mapping.group
        self._fields = _ready(self.mapping.fields)
        self._lines = _ready(group.lines) if group else []
        self._sums = [(path, _value(spec)) for path, spec in group.sum.items()] if group else []
        self._nulls = frozenset(("", *self.mapping.null_values))

    def event(self, rows: Sequence[FileRow]) -> dict[str, Any]:
        """The event of one row, or of the rows of one group. Raises EventRefused or RowSkipped."""
        mapping = self.mapping
        event: dict[str, Any] = {"type": mapping.event, "version": 1, "source": mapping.source}
        for path, constant in mapping.constants.items():
            _put(event, path, constant)
        self._fill(event, self._fields, rows[0])
        if mapping.group is not None:
            if self._lines:
                rows, lines = self._read_lines(rows)
                _put(event, mapping.group.into, lines)
            for path, value in self._sums:
                texts = [text for row in rows if (text := self._read(value, row, path)) is not None]
                _put(event, path, self._guarded(path, lambda texts=texts: mappings.total(texts)))
        event["messageId"] = self._message_id(rows[0], event)
        return event

    def key(self, row: FileRow) -> tuple[str, ...]:
        """What rows of one group have in common."""
        group = self.mapping.group
        return tuple(cell_text(row.get(column)) for column in (group.by if group else ()))

    def _read_lines(self, rows: Sequence[FileRow]) -> tuple[list[FileRow], list[dict[str, Any]]]:
        kept: list[FileRow] = []
        lines: list[dict[str, Any]] = []
        for row in rows:
            try:
                lines.append(self._fill({}, self._lines, row))
            except RowSkipped:
                continue
            kept.append(row)
        if not kept:
            raise RowSkipped
        return kept, lines

    def _fill(self, target: dict[str, Any], fields: list[tuple[str, list[_Value]]], row: FileRow) -> dict[str, Any]:
        for path, values in fields:
            found = [text for value in values if (text := self._read(value, row, path)) is not None]
            if found:
                _put(target, path, found[0] if len(values) == 1 else list(dict.fromkeys(found)))
        return target

    def _read(self, value: _Value, row: FileRow, path: str) -> str | None:
        spec = value.spec
        try:
            text = self._text(spec, row)
            for step in value.transforms if text else ():
                text = step(text)
        except ValueError as error:
            if spec.if_invalid == "refuse":
                raise _refused(path, str(error), spec) from None
            self.omitted += 1
            return None
        if text not in self._nulls:
            return text
        if spec.default is not None:
            return spec.default
        if spec.if_empty == "skip_row":
            raise RowSkipped
        if spec.if_empty == "refuse":
            raise _refused(path, "is empty", spec)
        return None

    def _text(self, spec: FieldSpec, row: FileRow) -> str:
        """The text of a field's cells. Raises ValueError where one of them cannot be held."""
        if spec.constant is not None:
            return spec.constant
        texts: list[str] = []
        for column in spec.columns:
            cell = row.get(column)
            if isinstance(cell, UnheldCell):
                raise ValueError(cell.reason)
            text = _CONTROL.sub(" ", cell_text(cell)).strip()
            if text not in self._nulls:
                texts.append(text)
        return spec.separator.join(texts)

    def _guarded(self, path: str, work: Callable[[], str]) -> str:
        try:
            return work()
        except ArithmeticError:
            raise EventRefused(_pointer(path), "has a part that is not a number", hint="Add: decimal.") from None

    def _message_id(self, row: FileRow, event: Mapping[str, Any]) -> str:
        columns = self.mapping.message_id
        if not columns and self.mapping.group is not None:
            columns = self.mapping.group.by
        # The type is part of it, because one source's orders and products may well share their numbers.
        if columns:
            texts = [cell_text(row.get(column)).replace("%", "%25").replace(":", "%3A") for column in columns]
            given = ":".join((self.mapping.event, *texts))
            nobody = all(means_none(text, namespaces=False) for text in texts)
            if all(texts) and not nobody and len(given) <= _MAX_ID:
                return given
        digest = hashlib.sha256(orjson.dumps(event, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return f"{self.mapping.event}:sha256-{digest[:40]}"


def _refused(path: str, message: str, spec: FieldSpec) -> EventRefused:
    return EventRefused(_pointer(path), message, hint=f"From column {' + '.join(spec.columns)}.")


def _pointer(path: str) -> str:
    return "/" + path.replace(".", "/")


def _ready(fields: Mapping[str, list[FieldSpec]]) -> list[tuple[str, list[_Value]]]:
    return [(path, [_value(spec) for spec in specs]) for path, specs in fields.items()]


def _value(spec: FieldSpec) -> _Value:
    return _Value(spec, tuple(transform(step) for step in spec.transforms))


def _put(target: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        target = target.setdefault(name, {})
    target[last] = value
