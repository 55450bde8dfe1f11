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
    """The customers of one database."""

    database: Database

    async def find(self, finder: Finder, parts: Collection[Part] = (), *, as_of: str | None = None) -> list[Profile]:
        """The profiles of whom the finder finds, in no order, in one round trip. Raises Unavailable.

        With `as_of` (RFC 3339) every record counts where it stood then; the customer's own properties are of today.
        """
        wanted = sorted(set(parts), key=lambda part: (part.name, repr(part.arguments)))
        names = tuple(part.name for part in wanted)
        parameters: dict[str, Any] = {f"part{n}": dict(part.arguments) for n, part in enumerate(wanted)}
        text = _text(finder.text, names)
        if as_of is not None:
            text, parameters["asOf"] = at_moment(text), as_of
        rows = await self.database.read_text(text, operation="profile", **finder.parameters, **parameters)
        return [Profile(row["customer"], {part: row[f"part{n}"] for n, part in enumerate(wanted)}) for row in rows]


@lru_cache(512)
def _text(finder: str, names: Sequence[str]) -> str:
    return f"{finder}\n{load('profile/base')}{columns(names)}"
