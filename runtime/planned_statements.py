"""The large statements of the intake and of commands about points, planned before the first request needs them.

A store that has just started takes seconds to plan each of them, which is all the time that a till waits. It keeps the
plans, so a process that starts later finds them there.
"""

from __future__ import annotations

from functools import partial

from domain.log import logger
from graph.store.database import Database, DbTransaction
from identity.customer_rows import PEOPLE
from identity.locking import LOCK_AND_READ
from ingest.claiming import CLAIM
from ingest.reporters import REPORTERS
from ingest.reporters.reporter import queries_of
from loyalty.commands import points_commands

STATEMENTS = (
    CLAIM,
    LOCK_AND_READ,
    queries_of(REPORTERS),
    PEOPLE,
    points_commands.FIND,
    points_commands.LOCK_AND_READ,
    points_commands.LOCK_LIMITS_AND_READ,
    points_commands.WRITE,
)
_log = logger("regulars.store")


async def plan_statements(database: Database) -> None:
    """Runs each of them on an empty batch, which reads and writes nothing. Where that fails, the first request that
    needs a statement waits for its plan."""
    try:
        for names in STATEMENTS:
            await database.write("plan", partial(_run, names))
    except Exception as error:  # whatever it is: nothing depends on it
        _log.warning("statements.unplanned", type=type(error).__name__)


async def _run(names: tuple[str, ...], tx: DbTransaction) -> None:
    await tx.run(*names, batch={})
