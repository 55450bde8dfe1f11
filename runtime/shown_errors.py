"""Ends a command-line process on an expected error: one line on the screen and exit code 1."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console

from domain.errors import RegularsError, Unavailable


@contextmanager
def shown_errors() -> Generator[None]:
    """Prints a RegularsError as one line and its next step, without a traceback, and exits with code 1."""
    try:
        yield
    except RegularsError as error:
        screen = Console(stderr=True)
        screen.print(f"{error.code}: {error.message}", style="red", markup=False, soft_wrap=True)
        hint = "`regulars check` says what is wrong and what to do." if type(error) is Unavailable else error.hint
        if hint:
            screen.print(hint, markup=False, soft_wrap=True)
        sys.exit(1)
