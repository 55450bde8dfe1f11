"""Looks ahead: which fields of an object a request selects, so that one query can fetch exactly their parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import strawberry
from strawberry.types.nodes import FragmentSpread, InlineFragment, SelectedField
from strawberry.types.nodes import Selection as AnySelection

from resolvers.kit.pages import PageRequest


@dataclass(frozen=True, slots=True)
class Selected:
    """A selected field: its name in the schema, its arguments and what is selected below it."""

    name: str
    arguments: dict[str, Any]
    _below: tuple[AnySelection, ...]

    def fields(self, type_name: str | None = None) -> Iterator[Selected]:
        """The fields selected below, through fragments; `type_name` passes by those on another type."""
        return _fields(self._below, type_name)

    def mentions(self, name: str) -> bool:
        """Whether a field of this name is selected anywhere below."""
        return any(field.name == name or field.mentions(name) for field in self.fields())

    def page(self, key: tuple[type, ...]) -> PageRequest:
        """The page that this connection asks for. Raises InvalidInput."""
        given = self.arguments.get
        return PageRequest.of(
            key,
            first=_whole(given("first")),
            after=given("after"),
            last=_whole(given("last")),
            before=given("before"),
        )

    def whole(self, name: str, default: int) -> int:
        """A whole number among the arguments, or the default where none was given."""
        value = _whole(self.arguments.get(name))
        return default if value is None else value

    def below(self, *path: str) -> Iterator[Selected]:
        """The fields at the end of a path of names."""
        here: Iterable[Selected] = [self]
        for step in path:
            here = [field for selected in here for field in selected.fields() if field.name == step]
        return iter(here)


def _whole(value: Any) -> int | None:
    # A literal comes as the document's own text, a variable as its value.
    return None if value is None else int(value)


def selected(info: strawberry.Info[Any, None]) -> Selected:
    """The field being resolved, with everything selected below it."""
    return selected_of(info.selected_fields)


def selected_of(selections: Iterable[AnySelection]) -> Selected:
    """One field, selected once or several times under one key."""
    nodes = [field for field in selections if isinstance(field, SelectedField)]
    return Selected(nodes[0].name, nodes[0].arguments, tuple(part for node in nodes for part in node.selections))


def _fields(selections: Iterable[AnySelection], type_name: str | None) -> Iterator[Selected]:
    for part in selections:
        if part.directives.get("skip", {}).get("if") or not part.directives.get("include", {}).get("if", True):
            continue
        match part:
            case SelectedField():
                yield Selected(part.name, part.arguments, tuple(part.selections))
            case InlineFragment() | FragmentSpread():
                if type_name is None or part.type_condition in (None, type_name, "Node", "_Entity"):
                    yield from _fields(part.selections, type_name)
