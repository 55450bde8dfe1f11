"""Looking ahead: what is selected below a field, through fragments, aliases and conditions."""

from __future__ import annotations

from typing import Any

import pytest
import strawberry

from resolvers.kit.selection import Selected, selected


@strawberry.type
class Leaf:
    a: int = 1
    b: int = 2

    @strawberry.field
    def deep(self, times: int = 1) -> Leaf:
        return Leaf()


@strawberry.type
class Tree:
    b: int = 3


@strawberry.type
class Query:
    @strawberry.field
    def either(self, info: strawberry.Info[Any, None]) -> Leaf | Tree:
        info.context.append(selected(info))  # pyright: ignore[reportArgumentType]
        return Leaf()

    @strawberry.field
    def leaf(self, info: strawberry.Info[Any, None]) -> Leaf:
        info.context.append(selected(info))  # pyright: ignore[reportArgumentType]
        return Leaf()


SCHEMA = strawberry.Schema(Query)


def look(document: str, **variables: Any) -> Selected:
    seen: list[Selected] = []
    result = SCHEMA.execute_sync(document, variable_values=variables, context_value=seen)
    assert result.errors is None, result.errors
    return seen[0]


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ("{ leaf { a b } }", ["a", "b"]),
        ("{ leaf { x: a b @skip(if: true) } }", ["a"]),
        ("{ leaf { a @include(if: false) ... { b } } }", ["b"]),
        ("{ leaf { ... on Leaf { a } ...F } } fragment F on Leaf { b }", ["a", "b"]),
        ("{ leaf { a } leaf { b } }", ["a", "b"]),
    ],
)
def test_fields_below(document: str, names: list[str]) -> None:
    assert [field.name for field in look(document).fields()] == names


def test_fields_of_another_type_are_passed_by() -> None:
    seen = look("{ either { ... on Leaf { a } ... on Tree { b } } }")
    assert [field.name for field in seen.fields("Leaf")] == ["a"]
    assert [field.name for field in seen.fields("Tree")] == ["b"]
    assert [field.name for field in seen.fields()] == ["a", "b"]


def test_a_path_leads_to_every_field_at_its_end() -> None:
    seen = look("{ leaf { deep { deep { a } } other: deep { deep { b } } } }")
    assert [[leaf.name for leaf in field.fields()] for field in seen.below("deep", "deep")] == [["a"], ["b"]]
    assert seen.mentions("b")
    assert not seen.mentions("c")


def test_whole_numbers_are_read_from_literals_and_variables() -> None:
    [literal] = look("{ leaf { deep(times: 3) { a } } }").fields()
    [variable] = look("query($n: Int!) { leaf { deep(times: $n) { a } } }", n=4).fields()
    assert (literal.whole("times", 1), variable.whole("times", 1), variable.whole("other", 7)) == (3, 4, 7)
