"""A selection takes the columns of its fields, and no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import strawberry

from resolvers.kit.look_ahead import taken
from resolvers.kit.selection import selected
from tests.resolvers.kit.test_row_fields import Shop


@dataclass
class Seen:
    columns: set[str]


@strawberry.type
class Query:
    @strawberry.field
    def shop(self, info: strawberry.Info[Seen, None]) -> Shop:
        info.context.columns = taken(selected(info), Shop)  # pyright: ignore[reportArgumentType]
        return Shop(row={"code": "s-1", "title": "Centre", "town": {"name": "Rome"}, "opened": "2026-01-01"})


SCHEMA = strawberry.Schema(Query)


@pytest.mark.parametrize(
    ("selection", "answer", "columns"),
    [
        ("code", {"code": "s-1"}, {"code"}),
        ("label", {"label": "s-1 Centre"}, {"code", "title"}),
        ("town { name }", {"town": {"name": "Rome"}}, {"town"}),
        ("year kind", {"year": "2026", "kind": "shop"}, {"opened"}),
        ("... on Shop { code } town { __typename }", {"code": "s-1", "town": {"__typename": "Town"}}, {"code", "town"}),
        ("code @skip(if: true) kind", {"kind": "shop"}, set()),
    ],
)
def test_a_selection_takes_the_columns_of_its_fields(selection: str, answer: Any, columns: set[str]) -> None:
    seen = Seen(set())
    result = SCHEMA.execute_sync(f"{{ shop {{ {selection} }} }}", context_value=seen)
    assert (result.errors, result.data) == (None, {"shop": answer})
    assert seen.columns == columns
