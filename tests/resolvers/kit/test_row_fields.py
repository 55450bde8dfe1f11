"""Fields that are read off a row: what each holds, and which columns a selection takes."""

from __future__ import annotations

from resolvers.kit.row_fields import is_row, read_of
from tests.resolvers.kit.shops import Shop


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
