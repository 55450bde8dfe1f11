"""Describes the machine of a benchmark, for its committed JSON."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version

import psutil


def machine() -> dict[str, str | int]:
    """Processors, memory, versions and the day; nothing that names the machine."""
    return {
        "cores": os.cpu_count() or 0,
        "memory_gib": round(psutil.virtual_memory().total / 2**30),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "neo4j_driver": version("neo4j"),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
    }
