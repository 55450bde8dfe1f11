"""Looks ahead from a selection to the columns of rows that its fields take, so that a query returns no others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from strawberry.utils.str_converters import to_camel_case

from resolvers.kit.row_fields import COLUMNS
from resolvers.kit.selection import Selected


def taken(selected: Selected, type_: type) -> set[str]:
    """The columns that a selection on this type takes, those of rows within rows as `name.column`."""
    known, found = _fields(type_), set[str]()
    for below in selected.fields(type_.__name__):
        columns, inner = known.get(below.name, ((), None))
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
    return {
        to_camel_case(field.python_name): (field.metadata.get(COLUMNS, ()), _inner(field.type))
        for field in type_.__strawberry_definition__.fields
    }


def _inner(type_: Any) -> type | None:
    while hasattr(type_, "of_type"):
        type_ = type_.of_type
    return type_ if hasattr(type_, "__strawberry_definition__") else None
