"""Pairs worth comparing: bounded, whatever a column holds."""

from __future__ import annotations

from matching.tables.blocking import CAP, WINDOW, candidates
from matching.tables.fields import column
from matching.tables.kinds import Kind


def test_one_value_in_every_row_costs_no_square() -> None:
    records = 4_000
    columns = [
        column("city", Kind.TEXT, ["Springfield"] * records),
        column("email", Kind.EMAIL, [f"guest{n}@inn.example" for n in range(records)]),
    ]
    left, right = candidates(columns, records)
    assert (left < right).all()
    assert len(left) <= 12 * records * max(CAP / 2, WINDOW)
