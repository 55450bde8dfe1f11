"""The loggers of all modules. Their lines never reach standard output: it belongs to what a command prints.

This also holds in a process that has configured no log, such as a worker of a pool, a benchmark or a test's child.
There structlog alone would print to standard output. `runtime/logs.py` gives the lines their form.
"""

from __future__ import annotations

import sys
from typing import Any

import structlog


def logger(name: str) -> Any:
    """The logger of this name. It may be made before the log is configured."""
    if not structlog.is_configured():
        # The stream is looked up for each line: a test replaces it.
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(sys.stderr))
    return structlog.get_logger(name)  # noqa: TID251
