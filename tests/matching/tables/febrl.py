"""FEBRL sets as tables of text."""

from __future__ import annotations

from typing import Any

Table = dict[str, list[str]]


def table_of(frame: Any) -> tuple[Table, list[str]]:
    """A FEBRL set as text, and its labels: the digits of the row's name."""
    text = frame.fillna("").astype(str)
    labels = ["".join(filter(str.isdigit, name.split("-")[1])) for name in frame.index]
    return {name: [cell.strip() for cell in text[name]] for name in text.columns}, labels
