"""Cells are read as their transform says, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.files.transforms import cell_text, transform


@pytest.mark.parametrize(
    ("spec", "text", "result"),
    [
        ("strip", " a ", "a"), ("lower", "aB", "ab"), ("upper", "aB", "AB"), ("title", "mac donald", "Mac Donald"),
        ("digits", "(202) 555-0143", "2025550143"), ("integer", "12.0", "12"), ("decimal", "1E+2", "100"),
        ("decimal:2", "0.30000000000000004", "0.30"), ("decimal:0", "2.5", "2"),
        ("date:%Y%m%d", "19800229", "1980-02-29"),
        ("date:%d.%m.%Y", "29.02.1980", "1980-02-29"), ("prefix:crm:", "7", "crm:7"),
        ("datetime:%Y-%m-%d %H:%M:%S@America/New_York", "2026-01-05 08:00:00", "2026-01-05T13:00:00+00:00"),
        ("datetime:%Y-%m-%d %H:%M@Europe/Rome", "2026-07-05 08:00", "2026-07-05T06:00:00+00:00"),
        ("datetime:", "2026-01-05T08:00:00+01:00", "2026-01-05T07:00:00+00:00"),
        ("datetime:@UTC", "2026-01-05T08:00:00", "2026-01-05T08:00:00+00:00"),
        ({"map": {"F": "female"}}, "F", "female"), ({"map": {"F": "female"}}, "x", "x"),
    ],
)  # fmt: skip
def test_transforms(spec: Any, text: str, result: str) -> None:
    assert transform(spec)(text) == result


@pytest.mark.parametrize(
    ("spec", "text"),
    [("integer", "1.5"), ("integer", "x"), ("decimal", "1e99999"), ("decimal", "NaN"), ("decimal:2", "Infinity"),
     ("datetime:", "9999-12-31T23:59:59-05:00"),
     ("date:%Y%m%d", "19800230"), ("datetime:@UTC", "soon"), ("datetime:", "2026-01-05T08:00:00")],
)  # fmt: skip
def test_cells_that_a_transform_cannot_read(spec: str, text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        transform(spec)(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize(
    "spec", ["shout", "strip:x", "date", "decimal:x", "datetime:%Y@Mars/Base", "prefix:", {"x": {}}]
)
def test_unknown_transforms(spec: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        transform(spec)


def test_cells_of_every_type() -> None:
    assert [cell_text(cell) for cell in (None, float("nan"), 0.5, 7, True, "x", b"y")] == [
        "", "", "0.5", "7", "true", "x", "y"]  # fmt: skip
