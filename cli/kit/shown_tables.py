"""Tables of commands, of which nothing is cut: neither on a narrow screen nor in a file."""

from __future__ import annotations

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text


def show_table(table: Table, screen: Console | None = None) -> None:
    """Prints a table: in a file or pipe as wide as it needs, on a screen with long cells wrapped between words.

    If words would be cut on this screen, each row is a block of lines instead, one line for each column.
    """
    screen = screen or Console(markup=False, highlight=False)
    wide = screen.options.update(max_width=100_000)
    needs = Measurement.get(screen, wide, table)
    if not screen.is_terminal:
        Console(file=screen.file, width=max(needs.maximum, screen.width), markup=False, highlight=False).print(table)
    elif needs.minimum <= screen.width:
        screen.print(table)
    else:
        _print_blocks(table, screen)


def _print_blocks(table: Table, screen: Console) -> None:
    if table.title:
        screen.print(table.title)
    names = [str(column.header) for column in table.columns]
    indent = max(map(len, names)) + 2
    for row in zip(*(column.cells for column in table.columns), strict=True):
        screen.print()
        for name, cell in zip(names, row, strict=True):
            if str(cell):
                screen.print(Text(f"{name:<{indent}}{cell}"), soft_wrap=True)
