"""Reads customers' profiles: one query and one round trip, for every finder and every set of parts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cypher import load
from graph.query.as_of import at_moment
from graph.query.brand_view import BrandView, columns_within, finder_within, parts_within
from graph.query.compose import columns, narrowed
from graph.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class ProfilePart:
    """A part of a profile: the fragment `cypher/profile/<name>.cypher` and its arguments. Equal parts are read once."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, name: str, **arguments: Any) -> ProfilePart:
        return cls(name, tuple(sorted(arguments.items())))


@dataclass(frozen=True, slots=True, eq=False)
class Reading(Collection[ProfilePart]):
    """Parts in a fixed order, as a statement reads them: `text` holds their columns, `parameters` their parameters.

    Equal readings are one object while they are in use, so that their readers share a statement.
    """

    parts: tuple[ProfilePart, ...]
    base: str
    text: str
    parameters: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        parts: Collection[ProfilePart],
        wanted: Mapping[ProfilePart, Collection[str]] | None = None,
        own: Collection[str] | None = None,
    ) -> Reading:
        """`wanted` narrows the rows of a part to these entries (see `narrowed`), `own` the customer's properties.

        A part outside of `wanted`, and the properties where `own` is None, are read whole.
        """
        if isinstance(parts, Reading):
            return parts
        ordered = tuple(sorted(set(parts), key=lambda part: (part.name, repr(part.arguments))))
        entries = wanted or {}
        narrow = tuple(frozenset(entries[part]) if part in entries else None for part in ordered)
        return _reading(ordered, narrow, None if own is None else frozenset(own))

    def __contains__(self, part: object) -> bool:
        return part in self.parts

    def __iter__(self) -> Iterator[ProfilePart]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)


@lru_cache(1024)
def _reading(
    parts: tuple[ProfilePart, ...], wanted: tuple[frozenset[str] | None, ...], own: frozenset[str] | None
) -> Reading:
    parameters = {f"part{n}": dict(part.arguments) for n, part in enumerate(parts)}
    base = load("profile/base")
    base = base if own is None else narrowed(base, own)
    return Reading(parts, base, columns([part.name for part in parts], wanted), parameters)


@dataclass(frozen=True, slots=True)
class Finder:
    """Which customers to read: the fragment's text and its parameters; fragments expect the parameter `find`."""

    text: str
    parameters: dict[str, Any]

    @property
    def by_value(self) -> bool:
        """Whether it looks for a value that somebody may try out, and not for a customer number."""
        find = self.parameters.get("find", {})
        if "keys" in find:  # a search, whose further pages find whom the first one found
            return find["at"] is None
        return "key" in find

    @classmethod
    def named(cls, name: str, **find: Any) -> Finder:
        """The finder in `cypher/profile/<name>.cypher`."""
        return cls(load(f"profile/{name}"), {"find": find})


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer's own properties and the requested parts."""

    base: Row
    parts: dict[ProfilePart, Any] = field(default_factory=dict[ProfilePart, Any])


@dataclass(frozen=True, slots=True)
class Customers:
    """The customers of one database, or the part of them that a view shows."""

    database: Database
    view: BrandView | None = None

    async def find_shared(self, finder: Finder, parts: Collection[ProfilePart] = ()) -> list[Profile]:
        """As `find`, in a round trip that readers of the same parts share at the same moment. Raises Unavailable."""
        if self.view is not None:
            return await self.find(finder, parts)
        reading = Reading.of(parts)

        async def read(finds: Sequence[Any]) -> list[list[Row]]:
            rows = await self.database.read_text(
                text_for_each(finder.text, reading.base, reading.text),
                operation="profile",
                # In a map: the store would plan the statement again for each length of a top-level list.
                sought={"finds": [find | {"slot": slot} for slot, find in enumerate(finds)]},
                **reading.parameters,
            )
            by_slot: list[list[Row]] = [[] for _ in finds]
            for row in rows:
                by_slot[row["slot"]].append(row)
            return by_slot

        rows = await self.database.shared_runs.run((finder.text, reading), finder.parameters["find"], read)
        return [_profile(row, reading) for row in rows]

    async def order(self, key: str) -> Row | None:
        """An order of anybody or of nobody: see `orders/by_key`. None where there is none. Raises Unavailable."""
        rows = await self.database.read("orders/by_key", key=key)
        return rows[0] if rows else None

    async def find(
        self, finder: Finder, parts: Collection[ProfilePart] = (), *, as_of: str | None = None
    ) -> list[Profile]:
        """The profiles of the customers that the finder finds, in no order, in one round trip. Raises Unavailable.

        With `as_of` (RFC 3339) every record counts for the customer that it belonged to at that moment; the customer's
        own properties are today's.
        """
        reading = Reading.of(parts)
        text, parameters = f"{finder.text}\n{reading.base}{reading.text}", dict(reading.parameters)
        if self.view is not None:
            parts_within(tuple(part.name for part in reading))
            text = finder_within(finder.text) + columns_within(reading.text)
            parameters["view"] = self.view.parameters
        if as_of is not None:
            text, parameters["asOf"] = at_moment(text), as_of
        rows = await self.database.read_text(text, operation="profile", **finder.parameters, **parameters)
        return [_profile(row, reading) for row in rows]


def _profile(row: Row, reading: Reading) -> Profile:
    return Profile(row["customer"], {part: row[f"part{n}"] for n, part in enumerate(reading.parts)})


@lru_cache(512)
def text_for_each(finder: str, base: str, columns: str) -> str:
    """The statement that runs the finder for each of `$finds` and reads these columns of the customers it finds."""
    form = load("templates/for_each").replace("FINDER", finder.replace("$find.", "find."))
    return form.replace("PARTS", (base + columns).strip())
