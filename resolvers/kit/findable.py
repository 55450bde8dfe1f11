"""The types whose objects are found by a name: `node` by their global ids, `_entities` by the keys of subgraphs.

The module that knows how to find objects of a type fills it: `@findable(Store, key="code")`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from domain.errors import SetupError
from resolvers.kit.selection import Selected

Find: TypeAlias = Callable[[str], Awaitable[Any]]
"""Finds the object with this key; None where there is none."""
FinderOf: TypeAlias = Callable[[Any, Selected], Find]
"""By a request's context and what it selects of the objects. Raises NotAllowed, and InvalidInput on a wrong page."""


@dataclass(frozen=True, slots=True)
class Findable:
    """`key`: the field by which other subgraphs name objects of the type, as its `@key` says; None: they do not."""

    type_: type
    find: FinderOf
    key: str | None


FINDABLE: dict[str, Findable] = {}
"""By the type's name, once its module has been imported."""


def findable(type_: type, *, key: str | None = None) -> Callable[[FinderOf], FinderOf]:
    """Registers how objects of a type are found. Raises SetupError where another module has done so."""

    def register(find: FinderOf) -> FinderOf:
        if type_.__name__ in FINDABLE:
            raise SetupError(f"Objects of {type_.__name__} are found in two ways.")
        FINDABLE[type_.__name__] = Findable(type_, find, key)
        return find

    return register
