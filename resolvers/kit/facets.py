"""Facets: what one guest's profile shows. Each field declares what it reads, so that one query fetches exactly that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, TypeAlias, TypeVar

import strawberry
from strawberry.types.private import is_private
from strawberry.utils.str_converters import to_camel_case

from domain.errors import SetupError
from graph.customers import ProfilePart
from resolvers.kit.requirements import requires
from resolvers.kit.row_fields import COLUMNS, read_of
from resolvers.kit.selection import Selected

T = TypeVar("T")
Wanted: TypeAlias = dict[ProfilePart, set[str] | None]
"""Parts of a profile, and the columns to read of each; None: all of them."""
PartsOf: TypeAlias = Callable[[Selected], Wanted]
"""The parts that a field needs, by how it is selected. Raises InvalidInput on a wrong page."""
_PARTS = "parts"


def facet(
    *,
    parts: PartsOf | Collection[ProfilePart] = (),
    columns: Collection[str] = (),
    scope: str | None = None,
    cost: int = 0,
    description: str,
) -> Callable[[Callable[..., T]], T]:
    """A field of a profile with all that it needs: parts of the profile, columns of the customer's own row (as `reads`
    has them), a scope of its own, and a cost beside that of its objects.

    Raises SetupError where it names neither parts nor columns: then its resolver could read nothing.
    """
    if not parts and not columns:
        raise SetupError(f"A facet reads parts or columns; name those of {description!r}.")
    declared = {_PARTS: parts if callable(parts) else _always(tuple(parts)), COLUMNS: tuple(columns)}
    return strawberry.field(description=description, metadata=declared | requires(scope, cost=cost))


def wanted(selected: Selected, type_: type) -> Wanted:
    """The parts of a profile that a selection on this type of facets needs. Raises InvalidInput on a wrong page."""
    declared, needed = _parts(type_), Wanted()
    for below in selected.fields(type_.__name__):
        if (parts_of := declared.get(below.name)) is not None:
            for part, columns in parts_of(below).items():
                before = needed.get(part, set[str]())
                needed[part] = None if before is None or columns is None else before | columns
    return needed


def check_facets(type_: Any) -> None:
    """Raises SetupError where a field of this type is neither a `facet` nor a `column`: what it reads is not known."""
    undeclared = sorted(
        field.python_name
        for field in type_.__strawberry_definition__.fields
        if _PARTS not in field.metadata and read_of(field) is None and not is_private(field.type)
    )
    if undeclared:
        names = ", ".join(undeclared)
        raise SetupError(f"What {type_.__name__} reads for {names} is not known; make it a facet or a column.")


def _always(parts: tuple[ProfilePart, ...]) -> PartsOf:
    return lambda _: dict.fromkeys(parts)


@cache
def _parts(type_: Any) -> Mapping[str, PartsOf]:
    """By a field's name in the schema."""
    return {
        to_camel_case(field.python_name): field.metadata[_PARTS]
        for field in type_.__strawberry_definition__.fields
        if _PARTS in field.metadata
    }
