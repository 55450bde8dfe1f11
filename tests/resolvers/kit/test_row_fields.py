"""Fields that are read off a row: what each holds, and which columns a selection takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import strawberry

from resolvers.kit.look_ahead import taken
from resolvers.kit.row_fields import column, is_row, read_of, reads
from resolvers.kit.selection import selected


@strawberry.type
class Town:
    row: strawberry.Private[Any]
    name: str = column("name", description="Its name.")


@strawberry.type
class Shop:
    row: strawberry.Private[Any]
    code: str = column("code", description="Its code.")
    label: str = column("code", "title", by=lambda code, title: f"{code} {title}", description="Both.")
    town: Town | None = column("town", of=Town, description="Where it is.")

    @reads("opened", description="Its year.")
    def year(self) -> str:
        return self.row["opened"][:4]

    @reads(description="What costs no column.")
    def kind(self) -> str:
        return "shop"


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


def test_a_row_of_nothing_is_null() -> None:
    assert Shop(row={"town": None}).town() is None  # pyright: ignore


def test_code_made_for_a_document_is_told_how_to_read() -> None:
    fields = {field.python_name: read_of(field) for field in Shop.__strawberry_definition__.fields}  # pyright: ignore
    label, town = fields["label"], fields["town"]
    assert label is not None
    assert town is not None
    assert (label.names, town.names, town.row) == (("code", "title"), ("town",), True)
    assert fields["year"] is None
    assert is_row(Shop)
