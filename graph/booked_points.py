"""Stored points beside booked ones, customer by customer; and counters of limits beside what was taken of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from domain.errors import Unavailable
from graph.store.database import Database, DbTransaction, Row

_PAGE = 500
_SUMS = 2_000
_ROUNDS = 50
LOCK_AND_COMPARE = ("identity/lock_components", "ledger/customers")
LOCK_AND_COMPARE_LIMITS = ("points_commands/lock_limits", "ledger/limits")


@dataclass(frozen=True, slots=True)
class BookedPoints:
    """The stored and the booked points of one database."""

    database: Database

    async def pages(self) -> AsyncIterator[list[Row]]:
        """All active customers by number, in pages of rows of `ledger/customers`, in two round trips each. Writers go
        on meanwhile, so a row may show half of a commit. Raises Unavailable."""
        after = ""
        while True:
            [page] = await self.database.read("ledger/numbers", after=after, size=_PAGE)
            if not page["numbers"]:
                return
            [answer] = await self.database.read("ledger/customers", batch={"numbers": page["numbers"]})
            yield sorted(answer["customers"], key=lambda row: row["number"])
            after = page["numbers"][-1]

    async def behind_locks(self, rows: Sequence[Row]) -> list[Row]:
        """The same rows as they are while nobody writes them. A customer that was merged meanwhile is left out.

        Raises Unavailable, and StoreFull: it takes locks, so it is a write.
        """
        numbers = sorted(row["number"] for row in rows)

        async def work(tx: DbTransaction) -> list[Row]:
            found, held = rows, set[str]()
            for _ in range(_ROUNDS):  # a record may have come to another component until its lock was ours
                held |= _components(found)
                [answer] = await tx.run(*LOCK_AND_COMPARE, batch={"locks": sorted(held), "numbers": numbers})
                found = sorted(answer["customers"], key=lambda row: row["number"])
                if _components(found) <= held:
                    return found
            raise Unavailable("The components of these customers do not hold still.", hint="Try again.")

        return await self.database.write("ledger/customers", work)

    async def limits(self) -> AsyncIterator[list[Row]]:
        """All limits by key, in pages of rows of `ledger/limits`, in two round trips each. Writers go on meanwhile.
        Raises Unavailable."""
        after = ""
        while True:
            [page] = await self.database.read("ledger/limit_keys", after=after, size=_PAGE)
            if not page["keys"]:
                return
            [answer] = await self.database.read("ledger/limits", batch={"limits": page["keys"]})
            yield sorted(answer["limits"], key=lambda row: row["key"])
            after = page["keys"][-1]

    async def limits_behind_locks(self, keys: Sequence[str]) -> list[Row]:
        """The same rows as they are while nobody writes them. Raises Unavailable, and StoreFull: it takes locks."""

        async def work(tx: DbTransaction) -> list[Row]:
            [answer] = await tx.run(*LOCK_AND_COMPARE_LIMITS, batch={"limits": sorted(keys)})
            return sorted(answer["limits"], key=lambda row: row["key"])

        return await self.database.write("ledger/limits", work)

    async def commands(self) -> AsyncIterator[list[str]]:
        """The keys of all commands about points, in pages. Raises Unavailable."""
        after = ""
        while True:
            [page] = await self.database.read("ledger/command_keys", after=after, size=_PAGE)
            if not page["keys"]:
                return
            yield page["keys"]
            after = page["keys"][-1]

    async def transfers(self, keys: Sequence[str]) -> list[Row]:
        """Rows of `ledger/transfers` for these commands. Raises Unavailable."""
        [answer] = await self.database.read("ledger/transfers", batch={"keys": list(keys)})
        return sorted(answer["transfers"], key=lambda row: row["key"])

    async def sums(self) -> AsyncIterator[list[Row]]:
        """All active customers by number, in pages of rows of `ledger/stats`. Raises Unavailable."""
        after = ""
        while page := await self.database.read("ledger/stats", after=after, size=_SUMS):
            yield page
            after = page[-1]["number"]

    async def accounts(self) -> list[Row]:
        """Rows of `ledger/accounts`. Raises Unavailable."""
        return await self.database.read("ledger/accounts")

    async def settlement(self, after: str, until: str) -> list[Row]:
        """Rows of `ledger/settlement` for what was used from one time until another. Raises Unavailable."""
        return await self.database.read("ledger/settlement", after=after, until=until)

    async def offline(self, after: str, until: str) -> list[Row]:
        """Rows of `ledger/offline` for what tills used without a connection from one time of theirs until another.
        Raises Unavailable."""
        return await self.database.read("ledger/offline", after=after, until=until)

    async def carried_over(self, reason: str) -> list[Row]:
        """Rows of `ledger/carried_over` for the entries of this reason. Raises Unavailable."""
        return await self.database.read("ledger/carried_over", reason=reason)

    async def left_out(self) -> Row:
        """How many `records` no active customer has, and how many `entries` no record has. Raises Unavailable."""
        return (await self.database.read("ledger/left_out"))[0]


def _components(rows: Sequence[Row]) -> set[str]:
    components = {record["component"] for row in rows for record in row["records"]}
    return {component for component in components if component is not None}
