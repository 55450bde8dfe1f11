"""Stored segments, and the customers for whom a condition holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cypher import load
from graph.customers import Finder
from graph.query.compose import renamed
from graph.store.database import Database, Row

MAX_SEGMENTS = 500
"""Stored segments."""
_COUNTS_AT_ONCE = 16


def members(condition: str, parameters: Mapping[str, Any], *, number: str | None, size: int, back: bool) -> Finder:
    """The finder of a page of customers for whom the condition holds, after (or before) a number."""
    text = "\n".join(
        (load("segments/rules/match"), condition, load("segments/rules/page_back" if back else "segments/rules/page"))
    )
    return Finder(text, {"find": {"number": number, "size": size}, **parameters})


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of one database. Rows are id, name, rule (JSON text) and createdAt."""

    database: Database

    async def all(self) -> list[Row]:
        """Every stored segment by name, at most `MAX_SEGMENTS`."""
        return await self.database.read("segments/store/list")

    async def get(self, segment: str) -> Row | None:
        rows = await self.database.read("segments/store/get", id=segment)
        return rows[0] if rows else None

    async def create(self, segment: str, name: str, rule: str) -> Row | None:
        """The stored segment; None where `MAX_SEGMENTS` are stored already, or one of this name is."""
        rows = await self.database.write_one(
            "segments/store/create", id=segment, name=name, nameKey=_key(name), rule=rule, most=MAX_SEGMENTS
        )
        return rows[0] if rows else None

    async def put_back(self, segments: Sequence[Row]) -> None:
        """Makes these, which `all` gave, the stored segments, and no others."""
        await self.database.write_one("segments/store/put_back", rows=segments)

    async def update(self, segment: str, name: str, rule: str) -> Row | None:
        """The segment as it is now; None where there is none, or another one has this name."""
        rows = await self.database.write_one(
            "segments/store/update", id=segment, name=name, nameKey=_key(name), rule=rule
        )
        return rows[0] if rows else None

    async def named(self, name: str) -> bool:
        """Whether there is a segment of this name, in whatever case."""
        return any(_key(row["name"]) == _key(name) for row in await self.all())

    async def delete(self, segment: str) -> bool:
        """Deletes the segment; whether it existed."""
        return bool(await self.database.write_one("segments/store/delete", id=segment))

    async def counts(self, conditions: Sequence[tuple[str, Mapping[str, Any]]]) -> list[int]:
        """How many customers each condition holds for; one round trip for every 16. Parameters must not collide."""
        members = [0] * len(conditions)
        for start in range(0, len(conditions), _COUNTS_AT_ONCE):
            texts: list[str] = []
            parameters: dict[str, Any] = {}
            for place, (text, values) in enumerate(conditions[start : start + _COUNTS_AT_ONCE], start):
                count = renamed(load("segments/rules/count"), "place", f"place{place}")
                texts.append("\n".join((load("segments/rules/match"), text, count)))
                parameters |= {**values, f"place{place}": place}
            query = f"\n{load('segments/rules/beside')}\n".join(texts)
            for row in await self.database.read_text(query, operation="segment_count", **parameters):
                members[row["at"]] = row["members"]
        return members


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
