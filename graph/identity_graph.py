"""Reads whole components of source records for questions about identity, as a decision reads them, within bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cypher import joined
from domain.errors import TooLarge, Unavailable
from graph.store.database import Database, Row

MAX_RECORDS = 2_000
"""Connected records that are explained; above that the answer is `TOO_LARGE`."""
_ROUNDS = 5
CASE = ("identity/read_records", "identity_graph/identifiers")


@dataclass(frozen=True, slots=True)
class IdentityCase:
    """`sides`: for each side of the question, its customer's number and record keys; None where it does not exist.
    `states`: rows of `identity/read_records`; `identifiers`: key → display and people."""

    sides: list[Row | None]
    states: list[Row]
    identifiers: dict[str, Row]


@dataclass(frozen=True, slots=True)
class IdentityGraph:
    """The components of one database."""

    database: Database

    async def sides(self, questions: Sequence[Row]) -> list[Row | None]:
        """For each record (`record`) or customer (`number`): number, keys, component, size; None: not found."""
        sides: list[Row | None] = [None] * len(questions)
        for row in await self.database.read("identity_graph/sides", sides=questions, most=MAX_RECORDS + 1):
            sides[row["place"]] = row
        return sides

    async def neighbourhood(self, customer: Row, **bounds: int) -> Row | None:
        """A customer and what surrounds them: see `identity_graph/neighbourhood`. One round trip."""
        rows = await self.database.read("identity_graph/neighbourhood", **customer, **bounds)
        return rows[0] if rows else None

    async def case(self, questions: Sequence[Row]) -> IdentityCase:
        """The components of these records or customers, in two round trips. Raises TooLarge, Unavailable."""
        for _ in range(_ROUNDS):
            sides = await self.sides(questions)
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
        raise Unavailable("The records of this question change while they are read.", hint="Try again.")
