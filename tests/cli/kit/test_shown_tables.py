"""A table shows every word whole, on any screen and in any file."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.table import Column, Table

from cli.kit.shown_tables import show_table

REASON = "A source has the form [a-z0-9][a-z0-9_.-]* and at most 64 characters"
KEYS = [
    (
        "k7Qh2dXw9",
        "till-of-the-large-forno",
        "event:write, identity:read",
        "brands forno-nine",
        "",
        "revoked 2026-03-01",
    ),
    ("aa", "web", "contact:read", "", "2027-01-01T00:00", ""),
]


def printed(width: int, *, terminal: bool) -> str:
    table = Table(Column("id", no_wrap=True), "name", "scopes", "limits", "expires", "state", "why", title="Keys")
    for row in KEYS:
        table.add_row(*row, REASON)
    screen = Console(file=StringIO(), width=width, force_terminal=terminal, color_system=None, markup=False)
    show_table(table, screen)
    assert isinstance(screen.file, StringIO)
    return screen.file.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("width", [20, 40, 80, 120, 300])
def test_no_word_is_cut(width: int, terminal: bool) -> None:
    text = printed(width, terminal=terminal)
    assert "…" not in text
    for word in " ".join(" ".join(row) for row in KEYS).split() + REASON.split():
        assert word in text


def test_in_a_file_a_row_is_a_line() -> None:
    [line] = [line for line in printed(80, terminal=False).splitlines() if "k7Qh2dXw9" in line]
    assert REASON in line


def test_a_narrow_screen_shows_blocks_and_a_wide_one_a_table() -> None:
    narrow = printed(60, terminal=True)
    assert "name     till-of-the-large-forno\n" in narrow
    assert "expires  2027-01-01T00:00\n" in narrow
    assert "│" not in narrow
    wide = printed(160, terminal=True)
    assert "│" in wide
    assert max(map(len, wide.splitlines())) <= 160
