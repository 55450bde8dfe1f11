"""Fields that are read off a row of a query, each with the columns it takes: what nobody selects need not be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import strawberry

T = TypeVar("T")
COLUMNS = "columns"
"""Where a field's metadata holds the columns that it takes."""
_READ = "read"


def reads(*columns: str, description: str) -> Callable[[Callable[..., T]], T]:
    """A field whose resolver takes these columns of the object's row, or none.

    `name.*` stands for the columns that the field's own selection takes of the rows in `name`, and `*` for those that
    it takes of this very row.
    """
    return strawberry.field(description=description, metadata={COLUMNS: columns})


@dataclass(frozen=True, slots=True)
class Read:
    """How a field is read off the object's row: the entry of this name, what `by` makes of several, or with no name the
    row itself. `row`: that is the row of another object, null where it is empty. `each`: it is a list of such rows."""

    names: tuple[str | int, ...] = ()
    by: Callable[..., Any] | None = None
    row: bool = False
    each: bool = False


def column(*columns: str | int, by: Callable[..., Any] | None = None, of: type | None = None, description: str) -> Any:
    """A field that holds nothing but columns of the object's `row`: the one named, what `by` makes of several, or the
    object of the type `of` whose row it is.

    It is the short form of `reads`; code made for a document reads it without calling anything, or making an object
    that nobody selects more of. Python of ours reads the row too: as an attribute of the object it is the resolver.
    """
    names = tuple(name.rpartition(".")[2] if isinstance(name, str) else name for name in columns)

    def value(self: Any) -> Any:
        entries = [self.row[name] for name in names]
        if of is not None:
            return of(row=entries[0]) if entries[0] else None
        return entries[0] if by is None else by(*entries)

    named = tuple(name for name in columns if isinstance(name, str))
    read = Read(names, by, row=of is not None)
    return strawberry.field(resolver=value, description=description, metadata={COLUMNS: named, _READ: read})


def read_as(read: Read, resolver: Callable[[Any], Any], *, description: str) -> Any:
    """A field that the resolver gives, which code made for a document may read off the row like this instead."""
    return strawberry.field(resolver=resolver, description=description, metadata={_READ: read})


def read_of(field: Any) -> Read | None:
    """How a field of Strawberry's is read off a row, where it is."""
    return field.metadata.get(_READ)


def is_row(type_: Any) -> bool:
    """Whether an object of this type is its row and nothing else."""
    return [field.name for field in fields(type_) if field.init] == ["row"]
