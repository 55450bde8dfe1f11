"""Reads customers' profiles: one query and one round trip, whoever is sought and whatever is asked of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cypher import load
from graph.compose import columns
from graph.database import Database, Row
from graph.moment import at_moment
from graph.view import View, columns_within, finder_within, parts_within


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a profile: the fragment `cypher/profile/<name>.cypher` and its arguments. Equal ones are read once."""

    name: str
    arguments: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, name: str, **arguments: Any) -> Part:
        return cls(name, tuple(sorted(arguments.items())))


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
    parts: dict[Part, Any] = field(default_factory=dict[Part, Any])


@dataclass(frozen=True, slots=True)
class Customers:
    """The customers of one database, or as much of them as a view shows."""

    database: Database
    view: View | None = None

    async def sought(self, finder: Finder, parts: Collection[Part] = ()) -> list[Profile]:
        """As `find`, in one round trip that all share who seek such parts at the same moment. Raises Unavailable."""
        if self.view is not None:
            return await self.find(finder, parts)
        wanted, names, parameters = _parts(parts)

        async def read(finds: Sequence[Any]) -> list[list[Row]]:
            rows = await self.database.read_text(
                text_for_each(finder.text, names),
                operation="profile",
                finds=[find | {"slot": slot} for slot, find in enumerate(finds)],
                **parameters,
            )
            found: list[list[Row]] = [[] for _ in finds]
            for row in rows:
                found[row["slot"]].append(row)
            return found

        rows = await self.database.together.read((finder.text, *wanted), finder.parameters["find"], read)
        return [_profile(row, wanted) for row in rows]

    async def find(self, finder: Finder, parts: Collection[Part] = (), *, as_of: str | None = None) -> list[Profile]:
        """The profiles of whom the finder finds, in no order, in one round trip. Raises Unavailable.

        With `as_of` (RFC 3339) every record counts where it stood then; the customer's own properties are of today.
        """
        wanted, names, parameters = _parts(parts)
        text = _text(finder.text, names)
        if self.view is not None:
            parts_within(names)
            text = finder_within(finder.text) + columns_within(columns(names))
            parameters["view"] = self.view.parameters
        if as_of is not None:
            text, parameters["asOf"] = at_moment(text), as_of
        rows = await self.database.read_text(text, operation="profile", **finder.parameters, **parameters)
        return [_profile(row, wanted) for row in rows]


def _parts(parts: Collection[Part]) -> tuple[list[Part], tuple[str, ...], dict[str, Any]]:
    """The parts in a fixed order, their fragments and their parameters."""
    wanted = sorted(set(parts), key=lambda part: (part.name, repr(part.arguments)))
    parameters: dict[str, Any] = {f"part{n}": dict(part.arguments) for n, part in enumerate(wanted)}
    return wanted, tuple(part.name for part in wanted), parameters


def _profile(row: Row, wanted: Sequence[Part]) -> Profile:
    return Profile(row["customer"], {part: row[f"part{n}"] for n, part in enumerate(wanted)})


@lru_cache(512)
def text_for_each(finder: str, names: Sequence[str]) -> str:
    """The statement that reads these parts of the profiles of whom the finder finds for each of `$finds`."""
    form = load("profile/for_each").replace("FINDER", finder.replace("$find.", "find."))
    return form.replace("PARTS", _text("", names).strip())


@lru_cache(512)
def _text(finder: str, names: Sequence[str]) -> str:
    return f"{finder}\n{load('profile/base')}{columns(names)}"
