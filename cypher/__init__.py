"""Every query as a named `.cypher` file; `load("profile")` reads `cypher/profile.cypher` once.

A file opens with a header of `//` lines: purpose, parameters, columns, and the index it relies on.
"""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def load(name: str) -> str:
    """The text of `cypher/<name>.cypher`, without its header. Raises FileNotFoundError."""
    text = resources.files("cypher").joinpath(f"{name}.cypher").read_text("utf-8")
    return "\n".join(line for line in text.splitlines() if not line.startswith("//")).strip()


@cache
def joined(*names: str) -> str:
    """Several queries as one statement, run in order in one round trip, each after the one before.

    A query that returns anything must return exactly one row. The only parameter is one map, `$batch`: the server plans
    again for every combination of lengths (1, 10, 100, …) of lists that are separate parameters.
    """
    texts = [load(name) for name in names]
    if len(texts) == 1:
        return texts[0]
    start, turn, query, close, end = load("templates/joined").splitlines()
    turns = (line for text in texts for line in (turn, query.replace("QUERY", text).strip(), close))
    return "\n".join([start, *turns, end])
