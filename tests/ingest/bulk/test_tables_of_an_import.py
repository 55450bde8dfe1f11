"""Tables of an import: no property is lost, and every relationship leads from and to known labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.bulk.tables import NODES, RELATIONSHIPS, Writer


def test_a_property_without_a_column_is_never_lost(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="shoeSize"):
        Writer(tmp_path, "1").write({"Customer": [{"number": "CUST-1", "shoeSize": 44}]})


def test_cells_are_spelt_for_the_import(tmp_path: Path) -> None:
    row = {"number": 'a "b"', "sealed": b"\x00\x7f\xff", "brands": ["x", "y"], "known": True, "visits": 3, "tier": ""}
    Writer(tmp_path, "1").write({"Customer": [row]})
    cells = dict(
        zip(("number", *NODES["Customer"].columns), (tmp_path / "Customer-1.csv").read_text().split(","), strict=False)
    )
    assert cells["number"] == '"a ""b"""'
    assert (cells["sealed"], cells["brands"], cells["known"], cells["visits"]) == ("0;127;-1", '"x;y"', "true", "3")
    assert (cells["tier"], cells["stats"]) == ('""', "")


def test_relationships_lead_from_and_to_known_labels() -> None:
    assert {end for of in RELATIONSHIPS.values() for end in (of.start, of.end)} <= set(NODES)
