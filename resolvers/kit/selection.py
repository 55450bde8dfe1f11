"""Looks ahead: which fields of an object a request selects, so that one query can fetch exactly their parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLResolveInfo, GraphQLSchema
from graphql.execution.values import VariableValues

from resolvers.kit.pages import PageRequest
from resolvers.kit.walk import FieldSelection, Walker


@dataclass(frozen=True)
class Selected:
    """A selected field with what is selected below it: one field, or several under one key of the answer."""

    schema: GraphQLSchema
    walker: Walker
    under_key: Sequence[FieldSelection]

    @property
    def name(self) -> str:
        """Its name in the schema."""
        return self.under_key[0].name

    @property
    def arguments(self) -> dict[str, Any]:
        """Its arguments; none where one cannot be: execution refuses it."""
        try:
            return self.walker.arguments(self.under_key[0])
        except GraphQLError:
            return {}

    def fields(self, type_name: str | None = None) -> Iterator[Selected]:
        """The fields selected below, through fragments; `type_name` names the object that it is, where the field may
        give several types."""
        for field in self._fields(type_name):
            yield Selected(self.schema, self.walker, (field,))

    def mentions(self, name: str) -> bool:
        """Whether a field of this name is selected anywhere below."""
        return name in self._names_below

    def page(self, key: tuple[type, ...]) -> PageRequest:
        """The page that this connection asks for. Raises InvalidInput."""
        argument = self.arguments.get
        return PageRequest.of(
            key, first=argument("first"), after=argument("after"), last=argument("last"), before=argument("before")
        )

    def whole(self, name: str, default: int) -> int:
        """A whole number among the arguments, or the default where the document has none."""
        value: int | None = self.arguments.get(name)
        return default if value is None else value

    def below(self, *path: str) -> Iterator[Selected]:
        """The fields at the end of a path of names."""
        here: Iterable[Selected] = [self]
        for step in path:
            here = [field for selected in here for field in selected.fields() if field.name == step]
        return iter(here)

    @cached_property
    def _names_below(self) -> frozenset[str]:
        return frozenset(field.name for field in self.walker.everything(self._fields()))

    def _fields(self, type_name: str | None = None) -> Iterator[FieldSelection]:
        for field in self.under_key:
            if field.node.selection_set is not None:
                type_ = field.type if type_name is None else self.schema.get_type(type_name)
                yield from self.walker.fields(type_, field.node.selection_set, depth=field.depth + 1)


def selected(info: strawberry.Info[Any, None]) -> Selected:
    """The field being resolved, with everything selected below it."""
    raw: GraphQLResolveInfo[Any] = info._raw_info  # pyright: ignore[reportPrivateUsage]
    walker = Walker(raw.fragments, raw.schema, VariableValues({}, info.variable_values))
    return Selected(raw.schema, walker, [walker.field(raw.parent_type, node) for node in raw.field_nodes])
