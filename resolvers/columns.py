"""Fields that are read off a row of a query, each with the columns it takes: what nobody selects need not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import strawberry
from strawberry.utils.str_converters import to_camel_case

from resolvers.selection import Selected

T = TypeVar("T")
_COLUMNS = "columns"
_READ = "read"


def reads(*columns: str, description: str) -> Callable[[Callable[..., T]], T]:
    """A field whose resolver takes these columns of the object's row, or none.

    `name.*` stands for the columns that the field's own selection takes of the rows in `name`, and `*` for those that
    it takes of this very row.
    """
    return strawberry.field(description=description, metadata={_COLUMNS: columns})


@dataclass(frozen=True, slots=True)
class Read:
    """How a field is read: what `by` makes of these entries of the object's row, or the one entry as it is."""

    names: tuple[str, ...]
    by: Callable[..., Any] | None


def column(*columns: str, by: Callable[..., Any] | None = None, description: str) -> Any:
    """A field that holds nothing but columns of the object's `row`: the one named, or what `by` makes of several.

    It is the short form of `reads`; code made for a document reads it without calling anything of the object.
    """
    read = Read(tuple(name.rpartition(".")[2] for name in columns), by)
    names = read.names

    def of(self: Any) -> Any:
        return self.row[names[0]] if by is None else by(*[self.row[name] for name in names])

    return strawberry.field(resolver=of, description=description, metadata={_COLUMNS: columns, _READ: read})


def read_of(field: Any) -> Read | None:
    """How a field of Strawberry's is read, where it is a `column`."""
    return field.metadata.get(_READ)


def taken(selected: Selected, type_: type) -> set[str]:
    """The columns that a selection on this type takes, those of rows within rows as `name.column`."""
    fields, found = _fields(type_), set[str]()
    for below in selected.fields(type_.__name__):
        columns, inner = fields.get(below.name, ((), None))
        for column in columns:
            name, star, _ = column.partition("*")
            if not star:
                found.add(column)
            elif inner is not None:
                found |= {name + each for each in taken(below, inner)}
    return found


@cache
def _fields(type_: Any) -> Mapping[str, tuple[tuple[str, ...], type | None]]:
    """By a field's name in the schema, its columns and the type of what it gives."""
    fields = type_.__strawberry_definition__.fields
    return {
        to_camel_case(field.python_name): (field.metadata.get(_COLUMNS, ()), _inner(field.type)) for field in fields
    }


def _inner(type_: Any) -> type | None:
    while hasattr(type_, "of_type"):
        type_ = type_.of_type
    return type_ if hasattr(type_, "__strawberry_definition__") else None
