"""What a field requires: the scope of who selects it, and the cost of what it computes. Both stand beside the field.

`resolvers.access.permissions` and `resolvers.bounds.costs` read them off the schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphql import GraphQLField

_SCOPE = "scope"
_COST = "cost"


@dataclass(frozen=True, slots=True)
class ScopeRule:
    """The scope that a field needs. `whole`: it shows the whole group, so no caller with brand limits gets it."""

    scope: str
    whole: bool = True


def requires(scope: str | None = None, *, whole: bool = True, cost: int = 0) -> dict[str, Any]:
    """The `metadata` of a field that needs a scope (see `ScopeRule`), or costs more than the objects that it gives.

    A root field has to name its scope. Any other field that names one needs it besides that of its root field.
    """
    return {_SCOPE: ScopeRule(scope, whole) if scope is not None else None, _COST: cost}


def scope_rule(field: GraphQLField) -> ScopeRule | None:
    """The scope that a field of the schema needs, if it names one."""
    return _metadata(field).get(_SCOPE)


def extra_cost(field: GraphQLField) -> int:
    """What a field of the schema costs beside the objects that it gives."""
    return _metadata(field).get(_COST, 0)


def _metadata(field: GraphQLField) -> dict[Any, Any]:
    # Introspection's own fields have no definition of Strawberry's.
    return getattr(field.extensions.get("strawberry-definition"), "metadata", {})
