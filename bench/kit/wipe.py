"""Empties a store between measurements. The product cannot reach this query: `cypher.load` does not find it."""

from __future__ import annotations

from importlib import resources

from graph.store.database import Database


async def wipe(database: Database) -> None:
    """Deletes every node. Only for the own store of a benchmark or a test."""
    text = resources.files("bench.kit").joinpath("wipe.cypher").read_text("utf-8")
    await database.run_schema("\n".join(line for line in text.splitlines() if not line.startswith("//")))
