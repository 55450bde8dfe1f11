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
    fields, columns = _fields(type_), set[str]()
    for below in selected.fields(type_.__name__):
        taken_by_field, inner = fields.get(below.name, ((), None))
        for column in taken_by_field:
            name, star, _ = column.partition("*")
            if not star:
                columns.add(column)
            elif inner is not None:
                columns |= {name + each for each in taken(below, inner)}
    return columns


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
