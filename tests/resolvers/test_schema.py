"""The committed schema is the schema, and says of everything what it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, build_schema

from resolvers.schema import make_schema, plain

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def described(text: str) -> Iterator[tuple[str, str | None]]:
    """(coordinate, description) of every type, field, argument and enum value of our own."""
    for name, type_ in build_schema(text).type_map.items():
        if name.startswith("__") or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        yield name, type_.description
        if isinstance(type_, GraphQLEnumType):
            yield from ((f"{name}.{value}", one.description) for value, one in type_.values.items())
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", one.description) for field, one in type_.fields.items())
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for field, one in type_.fields.items():
                yield f"{name}.{field}", one.description
                yield from ((f"{name}.{field}({key}:)", arg.description) for key, arg in one.args.items())


def test_the_committed_schema_is_the_generated_one() -> None:
    generated = plain(make_schema())
    assert COMMITTED.read_text("utf-8").strip() == generated.strip(), (
        "run `uv run python -m resolvers.schema > schema.graphql`"
    )


def test_everything_has_a_description() -> None:
    assert [name for name, text in described(COMMITTED.read_text("utf-8")) if not text] == []


def test_a_missing_description_is_seen() -> None:
    text = 'type Query { a(b: E = X): Int } enum E { X } input I { "told" f: Int }'
    missing = {name for name, found in described(text) if not found}
    assert missing == {"Query", "Query.a", "Query.a(b:)", "E", "E.X", "I"}
