"""Every query as a named `.cypher` file; `load("profile")` reads `cypher/profile.cypher` once.

A file opens with a header of `//` lines: purpose, parameters, columns, and the index it relies on.
"""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def load(name: str) -> str:
    """The text of `cypher/<name>.cypher`, its header taken off. Raises FileNotFoundError."""
    text = resources.files("cypher").joinpath(f"{name}.cypher").read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("//")).strip()
