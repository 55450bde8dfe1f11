"""The points ledger in the store: that every entry is booked on a record, also those of the release before."""

from __future__ import annotations

from graph.store.database import Database
from graph.store.migrations import run_again

BOOKING = "0050"
"""The migration that books entries on records."""


async def book_left_behind(database: Database) -> bool:
    """Books the entries that processes of the release before have written since the migration; whether there were any.

    Costs one read of the store's statistics where there are none. May run twice, also at once. Raises Unavailable.
    """
    [counts] = await database.read("ledger/booked")
    if counts["entries"] == counts["booked"]:
        return False
    await run_again(database, BOOKING)
    return True
