"""Random valid documents that ask for one customer: every field, arguments, fragments, aliases, switches."""

from __future__ import annotations

import random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
)

_PAGES = ("", "(first: 2)", "(last: 1)", "(first: $size)", "(last: $size)", "(first: 100)")
_SWITCHES = ("", "", "", " @include(if: $on)", " @skip(if: $on)", " @include(if: true)", " @skip(if: true)")


class RandomDocuments:
    """Documents about one customer, drawn from one generator."""

    def __init__(self, schema: GraphQLSchema, rng: random.Random, number: str) -> None:
        self._schema = schema
        self._number = number
        self._rng = rng
        self._left = 0
        self._fragments: list[str] = []

    def draw(self) -> tuple[str, dict[str, Any]]:
        """A document and its variables."""
        rng = self._rng
        self._left, self._fragments = rng.randint(2, 24), []
        customer: Any = self._schema.get_type("Customer")
        selection = self._selection(customer, 7)
        by, variable = rng.choice(
            (
                ("{customerNumber: $number}", "$number: String!, "),
                ("{customerNumber: $number}", '$number: String = "nobody", '),
                ('{externalId: {source: "web", id: "web-1"}}', ""),
            )
        )
        # Every variable is used, as validation demands.
        used = "a: __typename @include(if: $on) b: transactions(first: $size) { pageInfo { hasNextPage } }"
        head = f"query Any({variable}$size: Int = 3, $on: Boolean!)"
        body = f"{head} {{ {rng.choice(('', 'who: '))}customer(by: {by}) {{ {used} {selection} }} }}"
        variables: dict[str, Any] = {"number": self._number, "on": rng.random() < 0.5}
        if rng.random() < 0.7:
            variables["size"] = rng.randint(1, 5)
        return "\n".join([body, *self._fragments]), variables

    def _selection(self, type: GraphQLObjectType, depth: int) -> str:
        names = list(type.fields)
        wanted = self._rng.sample(names, self._rng.randint(1, min(len(names), 8)))
        fields = [text for name in wanted if (text := self._field(type, name, depth))]
        if self._rng.random() < 0.2:
            fields.append("__typename" + self._rng.choice(_SWITCHES))
        text = " ".join(fields) or "__typename"
        match self._rng.randrange(8):
            case 0:
                name = f"F{len(self._fragments)}"
                self._fragments.append(f"fragment {name} on {type.name} {{ {text} }}")
                return f"...{name}{self._rng.choice(_SWITCHES)} x: __typename"
            case 1:
                return f"... on {type.name} {{ {text} }} x: __typename"
            case 2 if any(isinstance(i, GraphQLInterfaceType) for i in type.interfaces):
                return f"... on Node {{ id }} {text}"
            case _:
                return text

    def _field(self, type: GraphQLObjectType, name: str, depth: int) -> str:
        field = type.fields[name]
        type_ = get_named_type(field.type)
        self._left -= 1
        # Two fields with one name must not have different arguments, so each gets its own key.
        alias = f"k{self._rng.randrange(10**9)}: " if field.args or self._rng.random() < 0.3 else ""
        if isinstance(type_, GraphQLScalarType | GraphQLEnumType):
            return alias + name + self._rng.choice(_SWITCHES)
        if depth == 0 or self._left <= 0:
            return ""
        assert isinstance(type_, GraphQLObjectType)
        below = self._selection(type_, depth - 1)
        # Fields below a shared key are merged: selections share a key only where nothing can differ.
        alias = alias or f"k{self._rng.randrange(10**9)}: "
        return f"{alias}{name}{self._arguments(field)}{self._rng.choice(_SWITCHES)} {{ {below} }}"

    def _arguments(self, field: GraphQLField) -> str:
        if "last" in field.args:
            return self._rng.choice(_PAGES)
        return self._rng.choice(("", "(first: 1)", "(first: $size)")) if "first" in field.args else ""
