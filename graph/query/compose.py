"""Builds one query from several named fragments, so that every selection takes one round trip.

All fragments use the same name, such as `part`, for their parameter and column; composing gives each a name of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cypher import load

_MAP = re.compile(r"\bRETURN \{")


@lru_cache(4096)
def renamed(text: str, name: str, new: str) -> str:
    """The text with every whole word `name` replaced by `new`."""
    return re.sub(rf"\b{name}\b", new, text)


def columns(names: Sequence[str], wanted: Sequence[frozenset[str] | None] = ()) -> str:
    """The fragments as further columns of a query that ends in RETURN; the nth has column and parameter part<n>.

    `wanted` narrows the map that each fragment returns to these entries; None leaves it whole.
    """
    texts = [load(f"profile/{name}") for name in names]
    for n, entries in enumerate(wanted):
        if entries is not None:
            texts[n] = narrowed(texts[n], entries)
    return "".join(",\n" + renamed(text, "part", f"part{n}") for n, text in enumerate(texts))


@lru_cache(4096)
def narrowed(text: str, wanted: frozenset[str]) -> str:
    """The fragment with only the wanted entries of the map that it returns.

    `name.inner` wants an entry of the map that a subquery in the entry `name` returns.
    """
    found = map_entries(text)
    if found is None:
        return text
    head, entries, tail = found
    kept: list[str] = []
    for entry in entries:
        name = entry.partition(":")[0].strip()
        inner = frozenset(path.removeprefix(f"{name}.") for path in wanted if path.startswith(f"{name}."))
        if name in wanted:
            kept.append(entry)
        elif inner:
            kept.append(narrowed(entry, inner))
    return head + ",".join(kept) + tail


def map_entries(text: str) -> tuple[str, list[str], str] | None:
    """The entries of the map that a fragment returns, with the text before and behind them; None if it returns none."""
    opening = _MAP.search(text)
    if opening is None:
        return None
    start, end = opening.end(), _closed(text, opening.end())
    return text[:start], _entries(text[start:end]), text[end:]


def _closed(text: str, start: int) -> int:
    """Where the bracket that is open at `start` closes."""
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] in "([{") - (text[place] in ")]}")
        if not depth:
            return place
    raise ValueError("a bracket is never closed")


def _entries(text: str) -> list[str]:
    """The entries of a map, split at the commas outside of brackets."""
    entries, depth = [""], 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            entries.append("")
        else:
            entries[-1] += character
    return entries
