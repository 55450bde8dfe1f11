"""Empties a store between measurements. No part of the product can reach this query: `cypher.load` does not find it."""

from __future__ import annotations

from importlib import resources

from graph.store.database import Database


async def wipe(database: Database) -> None:
    """Deletes every node. Only for a store that a benchmark or a test has made for itself."""
    text = resources.files("bench").joinpath("wipe.cypher").read_text("utf-8")
    await database.run_schema("\n".join(line for line in text.splitlines() if not line.startswith("//")))
