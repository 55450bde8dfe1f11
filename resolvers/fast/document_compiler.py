"""Completes an object into its answer by code made for one selection, as graphql-core would, an order faster.

Strawberry's types stay the contract: the code reads their attributes and calls their own methods, checks what the
specification has checked, and walks nothing that was not selected. It knows no errors: whatever is not plainly right
raises `Anomaly`, and the ordinary executor tells what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
)
from graphql.execution.values import VariableValues, get_argument_values
from strawberry import Schema
from strawberry.types.arguments import convert_arguments

from resolvers.kit.row_fields import Read, is_row, read_of

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


@dataclass(frozen=True, slots=True)
class Scope:
    """What the selections of a document mean: its fragments, and the values of its variables."""

    schema: Schema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    @property
    def core(self) -> GraphQLSchema:
        return self.schema._schema  # pyright: ignore[reportPrivateUsage]

    def fields(self, type: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The selected fields by the key that answers them, in order; those of one key are merged."""
        found: dict[str, list[FieldNode]] = {}
        for selections in sets:
            for node in self._opened(type, selections):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return found

    def _opened(self, type: GraphQLObjectType, selections: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            part: Any = node if isinstance(node, InlineFragmentNode) else self._fragment(node)
            if part.type_condition is None or self._applies(part.type_condition.name.value, type):
                yield from self._opened(type, part.selection_set)

    def _fragment(self, node: Any) -> FragmentDefinitionNode:
        assert isinstance(node, FragmentSpreadNode)
        return self.fragments[node.name.value]

    def _applies(self, name: str, type: GraphQLObjectType) -> bool:
        condition = self.core.get_type(name)
        return condition is type or (isinstance(condition, GraphQLInterfaceType) and condition in type.interfaces)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        if any(directive.name.value not in ("skip", "include") for directive in node.directives):
            raise NotCovered
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))

    def arguments(self, definition: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """A field's arguments as its resolver takes them. Raises GraphQLError where a value cannot be."""
        given = get_argument_values(definition, node, self.variables)
        field = definition.extensions["strawberry-definition"]
        return convert_arguments(
            given, field.arguments, self.schema.schema_converter.scalar_registry, self.schema.config
        )


def completion(scope: Scope, type: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> Complete:
    """The function that completes an object of the type by these selections. Raises NotCovered, GraphQLError.

    What it returns raises Anomaly.
    """
    writer = _Writer(scope)
    result = writer.object(type, sets, "source", 1)
    text = "\n".join(("def complete(source):", *writer.lines, f" return {result}"))
    names: dict[str, Any] = {**writer.names, "Anomaly": Anomaly, "isfinite": isfinite}
    exec(compile(text, "<completion>", "exec"), names)  # noqa: S102 - no word of a document is in it but GraphQL names
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

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._count = 0
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}

    def object(self, type: GraphQLObjectType, sets: Sequence[SelectionSetNode], source: str, depth: int) -> str:
        """Of an object that `source` is."""
        fields = self._scope.fields(type, sets)
        self._require(f"type({source}) is {self._named(_origin(type))}", depth)
        if any(_read(type, nodes) for nodes in fields.values()):
            self._put(f"{source}_row = {source}.row", depth)
        return self._filled(type, fields, source, depth)

    def _object_of_row(self, type: GraphQLObjectType, sets: Sequence[SelectionSetNode], row: str, depth: int) -> str:
        """Of an object whose row `row` is, and which is made only where somebody selects what needs it."""
        fields = self._scope.fields(type, sets)
        source = self._fresh("o")
        self._put(f"{source}_row = {row}", depth)
        if not self._readable(type, sets):
            self._put(f"{source} = {self._named(_origin(type))}(row={row})", depth)
        return self._filled(type, fields, source, depth)

    def _filled(self, type: GraphQLObjectType, fields: Mapping[str, list[FieldNode]], source: str, depth: int) -> str:
        result = self._fresh("r")
        values = {key: self._field(type, nodes, source, depth) for key, nodes in fields.items()}
        inside = ", ".join(f"{key!r}: {value}" for key, value in values.items())
        self._put(f"{result} = {{{inside}}}", depth)
        return result

    def _readable(self, type: GraphQLObjectType, sets: Sequence[SelectionSetNode]) -> bool:
        """Whether all that is selected can be read off the row of such an object."""
        for nodes in self._scope.fields(type, sets).values():
            read = _read(type, nodes)
            if read is None and nodes[0].name.value != "__typename":
                return False
            if read is not None and read.row and not read.names and not is_row(_origin(_type_of(type, nodes))):
                return False
        return True

    def _field(self, type: GraphQLObjectType, nodes: list[FieldNode], source: str, depth: int) -> str:
        name = nodes[0].name.value
        if name == "__typename":
            return repr(type.name)
        definition = type.fields[name]
        field = definition.extensions["strawberry-definition"]
        if field.permission_classes or field.extensions:
            raise NotCovered
        value = self._fresh("v")
        sets = [node.selection_set for node in nodes if node.selection_set]
        read = _read(type, nodes)
        if read is not None and self._read_off(definition.type, read, sets, f"{source}_row", value, depth):
            return value
        if field.base_resolver is None:
            self._put(f"{value} = {source}.{field.python_name}", depth)
        else:
            self._put(f"{value} = {self._call(definition, nodes[0], source)}", depth)
        self._complete(definition.type, sets, value, depth)
        return value

    def _read_off(
        self, type: Any, read: Read, sets: Sequence[SelectionSetNode], row: str, value: str, depth: int
    ) -> bool:
        """Completes a field by the row alone, and says whether that can be."""
        entries = [f"{row}[{name!r}]" for name in read.names]
        of = get_named_type(type)
        if read.each:
            if not self._readable(of, sets):
                return False
            item = self._fresh("i")
            self._put(f"{value} = []", depth)
            self._put(f"for {item} in {row}:", depth)
            self._put(f" {value}.append({self._object_of_row(of, sets, item, depth + 1)})", depth)
        elif read.row:
            if not read.names and not is_row(_origin(of)):
                return False
            self._put(f"{value} = {entries[0] if entries else row}", depth)
            if entries and not isinstance(type, GraphQLNonNull):
                self._put(f"if not {value}: {value} = None", depth)
                self._put("else:", depth)
                self._put(f" {value} = {self._object_of_row(of, sets, value, depth + 1)}", depth)
            else:
                if entries:
                    self._require(value, depth)
                self._put(f"{value} = {self._object_of_row(of, sets, value, depth)}", depth)
        elif isinstance(of, GraphQLEnumType) and read.by is _names(of).members:
            # What the enum is made of is looked up in the names of its values.
            self._put(f"{value} = {self._named(_names(of).by_value)}[{entries[0]}]", depth)
        else:
            made = entries[0] if read.by is None else f"{self._named(read.by)}({', '.join(entries)})"
            self._put(f"{value} = {made}", depth)
            self._complete(type, sets, value, depth)
        return True

    def _call(self, definition: GraphQLField, node: FieldNode, source: str) -> str:
        resolver = definition.extensions["strawberry-definition"].base_resolver
        if resolver.is_async or resolver.info_parameter is not None or resolver.self_parameter is None:
            raise NotCovered
        given = self._scope.arguments(definition, node)
        arguments = "".join(f", {name}={self._named(value)}" for name, value in given.items())
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
                named = _names(type)
                self._require(f"type({value}) is {self._named(named.members)}", depth)
                self._put(f"{value} = {self._named(named.by_member)}[{value}]", depth)
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
class _Names:
    """The names of an enum's values in the schema, by its members and by what these stand for."""

    members: Any
    by_member: Mapping[Any, str]
    by_value: Mapping[Any, str]


def _names(type: GraphQLEnumType) -> _Names:
    members: Any = type.extensions["strawberry-definition"].wrapped_cls
    by_member = {members(told.value): name for name, told in type.values.items()}
    return _Names(members, by_member, {member.value: name for member, name in by_member.items()})


def _origin(type: GraphQLObjectType) -> Any:
    of = type.extensions["strawberry-definition"]
    return (of.concrete_of or of).origin


def _type_of(type: GraphQLObjectType, nodes: list[FieldNode]) -> Any:
    return get_named_type(type.fields[nodes[0].name.value].type)


def _read(type: GraphQLObjectType, nodes: list[FieldNode]) -> Read | None:
    definition = type.fields.get(nodes[0].name.value)  # there is none of __typename
    return None if definition is None else read_of(definition.extensions["strawberry-definition"])
