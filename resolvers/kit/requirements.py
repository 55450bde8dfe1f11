"""What a field requires: the scope of who selects it, and the cost of what it computes. Both stand beside the field.
What may be reached in several ways has the scope beside its type, and needs it on each of them.

`resolvers.access.permissions` and `resolvers.bounds.costs` read them off the schema.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from graphql import GraphQLField, GraphQLNamedType

T = TypeVar("T")
_SCOPE = "scope"
_TYPE_RULE = "__scope_rule__"
_COST = "cost"


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """The scope that a field or a type needs.

    `whole`: it shows the whole group, so no caller with brand limits gets it. `own`: guests get their own through the
    root fields that are theirs, which need no more. `part`: where it stands in something else, such as the brand of an
    order, that needs no more.
    """

    scope: str
    whole: bool = True
    own: bool = False
    part: bool = False


def requires(scope: str | None = None, *, whole: bool = True, cost: int = 0) -> dict[str, Any]:
    """The `metadata` of a field that needs a scope (see `ScopeRule`), or costs more than the objects that it gives.

    A root field has to name its scope. Any other field that names one needs it besides that of its root field.
    """
    return {_SCOPE: ScopeRule(scope, whole) if scope is not None else None, _COST: cost}


def protected(scope: str, *, whole: bool = True, own: bool = False, part: bool = False) -> Callable[[type[T]], type[T]]:
    """Beside a type: whoever gets an object of it needs the scope, however it is reached (but see `ScopeRule`)."""

    def mark(type_: type[T]) -> type[T]:
        setattr(type_, _TYPE_RULE, ScopeRule(scope, whole, own, part))
        return type_

    return mark


def rule_of(type_: type) -> ScopeRule | None:
    """The rule beside a type, if it has one of its own."""
    return vars(type_).get(_TYPE_RULE)


def type_rule(type_: GraphQLNamedType | None) -> ScopeRule | None:
    """The rule beside the type that a type of the schema is made from, if it has one."""
    definition = None if type_ is None else type_.extensions.get("strawberry-definition")
    origin = getattr(getattr(definition, "concrete_of", None) or definition, "origin", None)
    return rule_of(origin) if isinstance(origin, type) else None


def scope_rule(field: GraphQLField) -> ScopeRule | None:
    """The scope that a field of the schema needs, if it names one."""
    return _metadata(field).get(_SCOPE)


def extra_cost(field: GraphQLField) -> int:
    """What a field of the schema costs beside the objects that it gives."""
    return _metadata(field).get(_COST, 0)


def _metadata(field: GraphQLField) -> dict[Any, Any]:
    # Introspection's own fields have no definition of Strawberry's.
    return getattr(field.extensions.get("strawberry-definition"), "metadata", {})
