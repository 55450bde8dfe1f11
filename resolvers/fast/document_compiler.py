"""Compiles a selection to a Python function that completes an object into its answer, as graphql-core would.

Strawberry's types stay the contract: the function reads their attributes and calls their own methods, checks what the
specification has checked, and walks nothing that was not selected. That takes about a ninth of the time. It knows no
errors: whatever is not plainly right raises `Anomaly`, and the ordinary executor finds the error. README.md has an
example.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import VariableValues
from strawberry import Schema
from strawberry.types.arguments import convert_arguments

from resolvers.kit.row_fields import Read, is_row, read_of
from resolvers.kit.walk import FieldSelection, Walker

Complete = Callable[[Any], dict[str, Any]]
_AS_THEY_ARE = frozenset(("DateTime", "Date", "Decimal", "JSON"))
_CHECKS = {
    "String": "type({0}) is str",
    "ID": "type({0}) is str",
    "Boolean": "type({0}) is bool",
    "Int": "type({0}) is int and -2147483648 <= {0} <= 2147483647",
    "Float": "type({0}) is float and isfinite({0})",
}


class NotCovered(Exception):
    """The selection holds something that only the ordinary executor does."""


class Anomaly(Exception):
    """The object is not what the schema promises, or reading it failed."""


class Selections:
    """The selections of a document under one set of variables.

    A switch that has no value raises GraphQLError.
    """

    def __init__(
        self, schema: Schema, fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues
    ) -> None:
        self._schema = schema
        self.core: GraphQLSchema = schema._schema  # pyright: ignore[reportPrivateUsage]
        self.walker = Walker(fragments, self.core, variables, strict=True)

    def fields(self, type: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> dict[str, list[FieldSelection]]:
        """The selected fields by the key that answers them, in order; those of one key are merged."""
        fields: dict[str, list[FieldSelection]] = {}
        for field in self.walker.fields(type, *sets):
            fields.setdefault(field.key, []).append(field)
        return fields

    def field(self, root: FieldNode) -> FieldSelection:
        """A root field of the query."""
        return self.walker.field(self.core.query_type, root)

    def arguments(self, field: FieldSelection) -> dict[str, Any]:
        """A field's arguments as its resolver takes them. Raises GraphQLError where a value cannot be."""
        definition = _definition(field)
        return convert_arguments(
            self.walker.arguments(field),
            definition.arguments,
            self._schema.schema_converter.scalar_registry,
            self._schema.config,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A function as Python text, and the objects that its names stand for."""

    text: str
    names: Mapping[str, Any]


def source(selections: Selections, type: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> Source:
    """The text of the function that completes an object of the type. Raises NotCovered, GraphQLError."""
    writer = _Writer(selections)
    answer = writer.object(type, sets, "source", 1)
    text = "\n".join(("def complete(source):", *writer.lines, f" return {answer}"))
    return Source(text, {**writer.names, "Anomaly": Anomaly, "isfinite": isfinite})


def completion(selections: Selections, type: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> Complete:
    """The function that completes an object of the type by these selections. Raises NotCovered, GraphQLError.

    The function raises Anomaly.
    """
    made = source(selections, type, sets)
    names = dict(made.names)
    exec(compile(made.text, "<completion>", "exec"), names)  # noqa: S102 - of a document, only GraphQL names are in it
    inner: Complete = names["complete"]

    def complete(source: Any) -> dict[str, Any]:
        try:
            return inner(source)
        except Anomaly:
            raise
        except Exception as error:
            raise Anomaly from error

    return complete


class _Writer:
    """Writes Python: each method leaves the lines that make a value, and returns the variable that holds it."""

    def __init__(self, selections: Selections) -> None:
        self._selections = selections
        self._count = 0
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}

    def object(self, type: GraphQLObjectType, sets: Sequence[SelectionSetNode], source: str, depth: int) -> str:
        """Of an object that `source` is."""
        fields = self._selections.fields(type, sets)
        self._require(f"type({source}) is {self._named(_origin(type))}", depth)
        if any(_read(same_key[0]) for same_key in fields.values()):
            self._put(f"{source}_row = {source}.row", depth)
        return self._filled(type, fields, source, depth)

    def _object_of_row(self, type: GraphQLObjectType, sets: Sequence[SelectionSetNode], row: str, depth: int) -> str:
        """Of an object whose row `row` is. It is made only where a selected field needs the object itself."""
        fields = self._selections.fields(type, sets)
        source = self._fresh("o")
        self._put(f"{source}_row = {row}", depth)
        if not self._readable(type, sets):
            self._put(f"{source} = {self._named(_origin(type))}(row={row})", depth)
        return self._filled(type, fields, source, depth)

    def _filled(
        self, type: GraphQLObjectType, fields: Mapping[str, list[FieldSelection]], source: str, depth: int
    ) -> str:
        answer = self._fresh("r")
        values = {key: self._field(type, same_key, source, depth) for key, same_key in fields.items()}
        inside = ", ".join(f"{key!r}: {value}" for key, value in values.items())
        self._put(f"{answer} = {{{inside}}}", depth)
        return answer

    def _readable(self, type: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> bool:
        """Whether all that is selected can be read off the row of such an object."""
        for field, *_ in self._selections.fields(type, sets).values():
            read = _read(field)
            if read is None and field.name != "__typename":
                return False
            if read is not None and read.row and not read.names and not is_row(_origin(field.type)):
                return False
        return True

    def _field(self, type: GraphQLObjectType, same_key: list[FieldSelection], source: str, depth: int) -> str:
        field = same_key[0]
        if field.name == "__typename":
            return repr(type.name)
        assert field.definition is not None
        returns, definition = field.definition.type, _definition(field)
        if definition.permission_classes or definition.extensions:
            raise NotCovered
        value = self._fresh("v")
        sets = [each.node.selection_set for each in same_key if each.node.selection_set]
        read = _read(field)
        if read is not None and self._read_off(returns, read, sets, f"{source}_row", value, depth):
            return value
        if definition.base_resolver is None:
            self._put(f"{value} = {source}.{definition.python_name}", depth)
        else:
            self._put(f"{value} = {self._call(field, source)}", depth)
        self._complete(returns, sets, value, depth)
        return value

    def _read_off(
        self, type: Any, read: Read, sets: Sequence[SelectionSetNode], row: str, value: str, depth: int
    ) -> bool:
        """Completes a field by the row alone, and says whether that can be."""
        entries = [f"{row}[{name!r}]" for name in read.names]
        named = get_named_type(type)
        if read.each:
            if not self._readable(named, sets):
                return False
            item = self._fresh("i")
            self._put(f"{value} = []", depth)
            self._put(f"for {item} in {row}:", depth)
            self._put(f" {value}.append({self._object_of_row(named, sets, item, depth + 1)})", depth)
        elif read.row:
            if not read.names and not is_row(_origin(named)):
                return False
            self._put(f"{value} = {entries[0] if entries else row}", depth)
            if entries and not isinstance(type, GraphQLNonNull):
                self._put(f"if not {value}: {value} = None", depth)
                self._put("else:", depth)
                self._put(f" {value} = {self._object_of_row(named, sets, value, depth + 1)}", depth)
            else:
                if entries:
                    self._require(value, depth)
                self._put(f"{value} = {self._object_of_row(named, sets, value, depth)}", depth)
        elif isinstance(named, GraphQLEnumType) and read.by is _enum_names(named).members:
            # What the enum is made of is looked up in the names of its values.
            self._put(f"{value} = {self._named(_enum_names(named).by_value)}[{entries[0]}]", depth)
        else:
            made = entries[0] if read.by is None else f"{self._named(read.by)}({', '.join(entries)})"
            self._put(f"{value} = {made}", depth)
            self._complete(type, sets, value, depth)
        return True

    def _call(self, field: FieldSelection, source: str) -> str:
        resolver = _definition(field).base_resolver
        if resolver.is_async or resolver.info_parameter is not None or resolver.self_parameter is None:
            raise NotCovered
        values = self._selections.arguments(field)
        arguments = "".join(f", {name}={self._named(value)}" for name, value in values.items())
        return f"{self._named(resolver.wrapped_func)}({source}{arguments})"

    def _complete(self, type: Any, sets: Sequence[SelectionSetNode], value: str, depth: int) -> None:
        if isinstance(type, GraphQLNonNull):
            self._complete_some(type.of_type, sets, value, depth)  # None fails every check but that of scalars as is
            return
        self._put(f"if {value} is not None:", depth)
        self._complete_some(type, sets, value, depth + 1)
        self._put(" pass", depth)

    def _complete_some(self, type: Any, sets: Sequence[SelectionSetNode], value: str, depth: int) -> None:
        match type:
            case GraphQLScalarType() if type.name in _CHECKS:
                self._require(_CHECKS[type.name].format(value), depth)
            case GraphQLScalarType() if type.name in _AS_THEY_ARE:
                self._require(f"{value} is not None", depth)
            case GraphQLEnumType():
                names = _enum_names(type)
                self._require(f"type({value}) is {self._named(names.members)}", depth)
                self._put(f"{value} = {self._named(names.by_member)}[{value}]", depth)
            case GraphQLList():
                self._require(f"type({value}) is list", depth)
                items, item = self._fresh("l"), self._fresh("i")
                self._put(f"{items} = []", depth)
                self._put(f"for {item} in {value}:", depth)
                self._complete(type.of_type, sets, item, depth + 1)
                self._put(f" {items}.append({item})", depth)
                self._put(f"{value} = {items}", depth)
            case GraphQLObjectType():
                self._put(f"{value} = {self.object(type, sets, value, depth)}", depth)
            case _:
                raise NotCovered

    def _require(self, test: str, depth: int) -> None:
        self._put(f"if not ({test}): raise Anomaly", depth)

    def _put(self, line: str, depth: int) -> None:
        self.lines.append(" " * depth + line)

    def _fresh(self, kind: str) -> str:
        self._count += 1
        return f"{kind}{self._count}"

    def _named(self, value: Any) -> str:
        name = self._fresh("k")
        self.names[name] = value
        return name


@dataclass(frozen=True, slots=True)
class _EnumNames:
    """The names of an enum's values in the schema, by its members and by what these stand for."""

    members: Any
    by_member: Mapping[Any, str]
    by_value: Mapping[Any, str]


def _enum_names(type: GraphQLEnumType) -> _EnumNames:
    members: Any = type.extensions["strawberry-definition"].wrapped_cls
    by_member = {members(value.value): name for name, value in type.values.items()}
    return _EnumNames(members, by_member, {member.value: name for member, name in by_member.items()})


def _origin(type: Any) -> Any:
    """The class behind an object type."""
    definition = type.extensions["strawberry-definition"]
    return (definition.concrete_of or definition).origin


def _definition(field: FieldSelection) -> Any:
    """The field as Strawberry defines it."""
    assert field.definition is not None
    return field.definition.extensions["strawberry-definition"]


def _read(field: FieldSelection) -> Read | None:
    return None if field.definition is None else read_of(_definition(field))
