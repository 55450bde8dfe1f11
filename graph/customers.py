"""Reads customers' profiles: one query and one round trip, whoever is sought and whatever is asked of them."""

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
    """A part of a profile: the fragment `cypher/profile/<name>.cypher` and its arguments. Equal ones are read once."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, name: str, **arguments: Any) -> ProfilePart:
        return cls(name, tuple(sorted(arguments.items())))


@dataclass(frozen=True, slots=True, eq=False)
class Reading(Collection[ProfilePart]):
    """Parts in a fixed order, as a statement reads them: `text` are its further columns, `parameters` what they take.

    Equal ones are one object as long as they are in use, so that their readers meet.
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
        """`wanted` narrows the rows of a part to these entries (see `narrowed`), `own` the customer's properties to
        these; what neither speaks of is read whole."""
        if isinstance(parts, Reading):
            return parts
        ordered = tuple(sorted(set(parts), key=lambda part: (part.name, repr(part.arguments))))
        entries = wanted or {}
        narrow = tuple(frozenset(entries[one]) if one in entries else None for one in ordered)
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
    """Whom to read: the fragment's text and its parameters; `find` is the one that fragments expect."""

    text: str
    parameters: dict[str, Any]

    @classmethod
    def named(cls, name: str, **find: Any) -> Finder:
        """The finder in `cypher/profile/<name>.cypher`."""
        return cls(load(f"profile/{name}"), {"find": find})


@dataclass(frozen=True, slots=True)
class Profile:
    """A customer's own properties and the parts that were asked for."""

    base: Row
    parts: dict[ProfilePart, Any] = field(default_factory=dict[ProfilePart, Any])


@dataclass(frozen=True, slots=True)
class Customers:
    """The customers of one database, or as much of them as a view shows."""

    database: Database
    view: BrandView | None = None

    async def sought(self, finder: Finder, parts: Collection[ProfilePart] = ()) -> list[Profile]:
        """As `find`, in one round trip that all share who seek such parts at the same moment. Raises Unavailable."""
        if self.view is not None:
            return await self.find(finder, parts)
        reading = Reading.of(parts)

        async def read(finds: Sequence[Any]) -> list[list[Row]]:
            rows = await self.database.read_text(
                text_for_each(finder.text, reading.base, reading.text),
                operation="profile",
                # In a map: by the length of a list of its own the store would plan the statement anew.
                sought={"finds": [find | {"slot": slot} for slot, find in enumerate(finds)]},
                **reading.parameters,
            )
            found: list[list[Row]] = [[] for _ in finds]
            for row in rows:
                found[row["slot"]].append(row)
            return found

        rows = await self.database.shared_reads.read((finder.text, reading), finder.parameters["find"], read)
        return [_profile(row, reading) for row in rows]

    async def find(
        self, finder: Finder, parts: Collection[ProfilePart] = (), *, as_of: str | None = None
    ) -> list[Profile]:
        """The profiles of whom the finder finds, in no order, in one round trip. Raises Unavailable.

        With `as_of` (RFC 3339) every record counts where it stood then; the customer's own properties are of today.
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
    """The statement that reads these columns of the profiles of whom the finder finds for each of `$finds`."""
    form = load("forms/for_each").replace("FINDER", finder.replace("$find.", "find."))
    return form.replace("PARTS", (base + columns).strip())
