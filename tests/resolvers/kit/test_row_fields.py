"""Fields that are read off a row: what each holds."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.kit.row_fields import column, is_row, read_of, reads


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
