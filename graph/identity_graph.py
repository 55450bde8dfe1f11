"""Reads whole components of source records for questions about identity, bounded, as a decision would read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cypher import joined
from domain.errors import TooLarge, Unavailable
from graph.store.database import Database, Row

MAX_RECORDS = 2_000
"""Records of one component that are explained."""
_ROUNDS = 5
CASE = ("identity/read_records", "identity_graph/identifiers")


@dataclass(frozen=True, slots=True)
class IdentityCase:
    """`sides`: for each that was asked, its customer's number and the keys of its records; None where there is none.
    `states`: rows of `identity/read_records`; `identifiers`: key → display and people."""

    sides: list[Row | None]
    states: list[Row]
    identifiers: dict[str, Row]


@dataclass(frozen=True, slots=True)
class IdentityGraph:
    """The components of one database."""

    database: Database

    async def sides(self, asked: Sequence[Row]) -> list[Row | None]:
        """For each record (`record`) or customer (`number`): number, keys, component and its size; None: not there."""
        sides: list[Row | None] = [None] * len(asked)
        for row in await self.database.read("identity_graph/sides", sides=asked, most=MAX_RECORDS + 1):
            sides[row["place"]] = row
        return sides

    async def neighbourhood(self, asked: Row, **bounds: int) -> Row | None:
        """A customer and what surrounds them: see `identity_graph/neighbourhood`. One round trip."""
        rows = await self.database.read("identity_graph/neighbourhood", **asked, **bounds)
        return rows[0] if rows else None

    async def case(self, asked: Sequence[Row]) -> IdentityCase:
        """The components of whom is asked, in two round trips. Raises TooLarge, Unavailable."""
        for _ in range(_ROUNDS):
            sides = await self.sides(asked)
            rows = [row for row in sides if row is not None]
            if len(rows) < len(sides):
                return IdentityCase(sides, [], {})
            if any(row["size"] > MAX_RECORDS for row in rows):
                raise TooLarge(
                    f"More than {MAX_RECORDS:,} records are connected here: too many to explain as a whole.",
                    hint="Ask for identityPath or keptApart.",
                )
            components = sorted({row["component"] for row in rows})
            [answer] = await self.database.read_text(
                joined(*CASE),
                operation="identity/case",
                batch={"records": [], "components": components},
            )
            read = {row["key"] for row in answer["states"]}
            if all(read.issuperset(row["keys"]) for row in rows):
                return IdentityCase(sides, answer["states"], {row["key"]: row for row in answer["identifiers"]})
            # A writer moved records to another component between the two reads.
        raise Unavailable("The components of this question do not hold still.", hint="Try again.")
