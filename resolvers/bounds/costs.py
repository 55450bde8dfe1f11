"""What an operation costs before it runs: about the number of objects that it can read.

A leaf, `pageInfo` and introspection cost nothing. An object, a connection and each edge cost 1. A list costs its rows
times the cost of one row: its rows are the number that the document asks for. Mutations, and fields that compute rather
than read, cost more. Fields that `@skip` or `@include` switch off cost nothing. So the cost is known without the store,
and is the same every time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import VariableValues, get_variable_values

from resolvers.kit.pages import DEFAULT_PAGE, MAX_PAGE
from resolvers.kit.requirements import extra_cost
from resolvers.kit.walk import FieldSelection, Walker

LIST_ROWS = 5
"""Rows of a list without pages and without a number."""
MUTATION = 10
"""Cost of a mutation, beside what it selects."""
_SIZES = ("first", "last", "records", "representations")


def cost(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any] | None
) -> int:
    """The cost of one operation of a valid document, at least 1. Variables that do not fit cost 1: they are refused."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    named = [node for node in operations if node.name and node.name.value == operation_name]
    operation = (named or operations)[0]
    values = get_variable_values(schema, operation.variable_definitions or (), dict(variables or {}))
    if not isinstance(values, VariableValues):
        return 1
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    return Estimate(schema, fragments, values).operation(operation)


def extra_costs(schema: GraphQLSchema) -> dict[str, int]:
    """What fields cost beside their objects, by name: of all that cost something."""
    fields = [pair for type_ in schema.type_map.values() for pair in getattr(type_, "fields", {}).items()]
    return {name: extra for name, field in fields if isinstance(field, GraphQLField) and (extra := extra_cost(field))}


class Estimate:
    """The cost of selections under one set of variables."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues
    ) -> None:
        self._schema = schema
        self._walker = Walker(fragments, schema, variables)

    def operation(self, operation: OperationDefinitionNode) -> int:
        root = self._schema.get_root_type(operation.operation)
        return max(1, self._sum(self._walker.fields(root, operation.selection_set)))

    def _sum(self, fields: Iterable[FieldSelection], rows: int = 1) -> int:
        return sum(self._field(field, rows) for field in fields)

    def _field(self, field: FieldSelection, rows: int) -> int:
        """`rows` is the page size of the connection that the field's parent is, if it is one."""
        definition = field.definition
        if definition is None:
            return 0
        extra = extra_cost(definition) + (MUTATION if field.parent is self._schema.mutation_type else 0)
        if field.node.selection_set is None:
            return extra
        below = self._walker.below(field)
        if _paged(field.type):
            return extra + 1 + self._sum(below, self._size(definition, field))
        if field.name == "edges" and _paged(field.parent):
            return rows * max(1, self._sum(below))
        if field.name == "pageInfo":
            return 0
        times = self._size(definition, field) if _listed(definition) or "records" in definition.args else 1
        return extra + times * (1 + self._sum(below))

    def _size(self, definition: GraphQLField, field: FieldSelection) -> int:
        """The rows that the arguments ask for. What is out of bounds is refused when it runs."""
        sizes = [name for name in _SIZES if name in definition.args]
        if not sizes:
            return LIST_ROWS
        try:
            arguments = self._walker.arguments(field)
        except GraphQLError:
            return 1
        if isinstance(representations := arguments.get("representations"), list):
            return len(representations)
        asked = [arguments[name] for name in sizes if isinstance(arguments.get(name), int)]
        return min(max(1, *asked), MAX_PAGE) if asked else DEFAULT_PAGE


def _paged(type_: GraphQLNamedType | None) -> bool:
    return "pageInfo" in getattr(type_, "fields", ())


def _listed(definition: GraphQLField) -> bool:
    type_ = definition.type
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)
