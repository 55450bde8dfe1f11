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


@cache
def joined(*names: str) -> str:
    """Several queries as one statement, run one after another in one round trip, each behind the one before.

    Those that return anything must return exactly one row. What they take is one map, `$batch`: the server plans anew
    for every combination of lengths (1, 10, 100, …) of lists that are parameters of their own.
    """
    texts = [load(name) for name in names]
    if len(texts) == 1:
        return texts[0]
    start, turn, query, close, end = load("forms/joined").splitlines()
    turns = (line for text in texts for line in (turn, query.replace("QUERY", text).strip(), close))
    return "\n".join([start, *turns, end])
