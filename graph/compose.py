"""Builds one query of several named fragments, so that whatever is asked for takes one round trip.

A fragment calls its parameter and its column by a common name, such as `part`; composing gives each its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cypher import load


@lru_cache(4096)
def renamed(text: str, name: str, new: str) -> str:
    """The text with every whole word `name` replaced by `new`."""
    return re.sub(rf"\b{name}\b", new, text)


def columns(names: Sequence[str]) -> str:
    """The fragments as further columns of a query that ends in RETURN; the nth is called part<n>, as its parameter."""
    return "".join(",\n" + renamed(load(f"profile/{name}"), "part", f"part{n}") for n, name in enumerate(names))
