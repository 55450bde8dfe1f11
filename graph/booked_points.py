"""Stored points beside booked ones, customer by customer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

from graph.store.database import Database, DbTransaction, Row

_PAGE = 500
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class BookedPoints:
    """The stored and the booked points of one database."""

    database: Database

    async def pages(self) -> AsyncIterator[tuple[str, list[Row]]]:
        """All active customers by number, page by page: after which number it begins, and its rows of
        `ledger/customers`. Writers go on meanwhile, so a row may show half of a commit. Raises Unavailable."""
        after = ""
        while rows := await self._page(after):
            yield after, rows
            after = rows[-1]["number"]

    async def _page(self, after: str) -> list[Row]:
        [answer] = await self.database.read("ledger/customers", batch={"after": after, "size": _PAGE})
        return answer["customers"]

    async def behind_locks(self, after: str, rows: Collection[Row]) -> list[Row]:
        """Some rows of the page as they are while nobody writes them. A customer that is gone meanwhile is left out.
        Raises Unavailable."""
        numbers = {row["number"] for row in rows}
        locks = _components(rows)

        async def work(tx: DbTransaction) -> list[Row]:
            found, held = list[Row](), set[str]()
            for _ in range(_ROUNDS):  # a record may have come to another component until its lock was ours
                held |= locks | _components(found)
                [answer] = await tx.run(
                    "identity/lock_components",
                    "ledger/customers",
                    batch={"locks": sorted(held), "after": after, "size": _PAGE},
                )
                found = [row for row in answer["customers"] if row["number"] in numbers]
                if _components(found) <= held:
                    break
            return found

        return await self.database.write("ledger/customers", work)


def _components(rows: Collection[Row]) -> set[str]:
    return {record["component"] for row in rows for record in row["records"]}
