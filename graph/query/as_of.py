"""Queries about customers as of a moment: every record counts for the customer that it belonged to then."""

from __future__ import annotations

import re
from itertools import count

from cypher import load

_NOW = re.compile(r"\[(\w*):RESOLVED_TO\]")


def at_moment(text: str) -> str:
    """The query with every RESOLVED_TO replaced by where records belonged at `$asOf`."""
    numbers = count()

    def then(match: re.Match[str]) -> str:
        return re.sub(r"\bSTAY\b", match[1] or f"stay{next(numbers)}", load("templates/as_of"))

    return _NOW.sub(then, text)
