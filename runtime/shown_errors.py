"""How a process of the command line ends for a reason that is ours to explain."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console

from domain.errors import RegularsError


@contextmanager
def told() -> Generator[None]:
    """Such an error is one line and a next step, not a traceback, and exit code 1."""
    try:
        yield
    except RegularsError as error:
        screen = Console(stderr=True)
        screen.print(f"{error.code}: {error.message}", style="red", markup=False)
        if error.hint:
            screen.print(error.hint, markup=False)
        sys.exit(1)
