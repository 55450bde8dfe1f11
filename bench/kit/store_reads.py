"""Reads of measurements, beside the service: the resolution, the size of the store, guests to ask for."""

from __future__ import annotations

from typing import Any

from graph.store.database import Database, Row


async def resolution(database: Database) -> list[Row]:
    """Every source record with its `customer`, identifier `types` and `events`."""
    return await database.read("bench/resolution")


async def counts(database: Database) -> dict[str, Any]:
    """How much the store holds, for a summary."""
    return (await database.read("bench/counts"))[0]


async def regulars(database: Database, limit: int) -> list[str]:
    """The numbers of customers with at least three source records and fifteen orders."""
    return [row["number"] for row in await database.read("bench/threefold", limit=limit)]


async def known_subjects(database: Database, limit: int) -> list[Row]:
    """Some guests whose source gave them an id: `number`, `record` and `sealed`."""
    return await database.read("bench/known_subjects", limit=limit)
