"""What a field declares is read off the schema, and a field that declares nothing requires nothing."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.kit.requirements import ScopeRule, extra_cost, requires, scope_rule


@strawberry.type
class Query:
    free: str = "x"
    dear: str = strawberry.field(default="x", metadata=requires(cost=20))
    whole: str = strawberry.field(default="x", metadata=requires("some:read"))
    part: str = strawberry.field(default="x", metadata=requires("some:read", whole=False, cost=3))


def test_what_fields_require() -> None:
    core: Any = strawberry.Schema(Query)._schema  # pyright: ignore[reportPrivateUsage]
    assert {name: (scope_rule(field), extra_cost(field)) for name, field in core.query_type.fields.items()} == {
        "free": (None, 0),
        "dear": (None, 20),
        "whole": (ScopeRule("some:read", whole=True), 0),
        "part": (ScopeRule("some:read", whole=False), 3),
    }


def test_introspection_requires_nothing() -> None:
    core: Any = strawberry.Schema(Query)._schema  # pyright: ignore[reportPrivateUsage]
    field = core.get_type("__Type").fields["name"]
    assert (scope_rule(field), extra_cost(field)) == (None, 0)
