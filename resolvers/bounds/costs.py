"""What an operation costs before it runs: about the number of objects that it can read.

A leaf, `pageInfo` and introspection cost nothing. An object, a connection and each edge cost 1. A list costs its rows
times the cost of one row: its rows are the number that the document asks for. Mutations, and fields that compute rather
than read, cost more. Fields that `@skip` or `@include` switch off cost nothing. So the cost is known without the store,
and is the same every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values, get_variable_values

from resolvers.kit.pages import DEFAULT_PAGE, MAX_PAGE

LIST_ROWS = 5
"""Rows of a list without pages and without a number."""
MUTATION = 10
"""Cost of a mutation, beside what it selects."""
WEIGHTS: Mapping[str, int] = {
    "clusterHealth": 100,
    "completeness": 1_000,
    "customerSearch": 5,
    "household": 5,
    "identityNeighbourhood": 20,
    "identityPath": 100,
    "identityRulesRehearse": 1_000,
    "identityWhy": 50,
    "identityWhyNot": 50,
    "members": 20,
    "myConsentSet": 1_000,
    "relations": 5,
}
"""What a field costs more than its objects."""
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


class Estimate:
    """The cost of selections under one set of variables."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: VariableValues
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._variables = variables

    def operation(self, operation: OperationDefinitionNode) -> int:
        return max(1, self._selections(self._schema.get_root_type(operation.operation), operation.selection_set, 1))

    def _selections(self, type: Any, selections: SelectionSetNode, rows: int) -> int:
        found = 0
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found += self._field(type, node, rows)
                continue
            part: Any = node if isinstance(node, InlineFragmentNode) else self._fragments.get(node.name.value)  # type: ignore[attr-defined]
            if part is not None:
                condition = part.type_condition
                inner = self._schema.get_type(condition.name.value) if condition else type
                found += self._selections(inner, part.selection_set, rows)
        return found

    def _field(self, type: Any, node: FieldNode, rows: int) -> int:
        """`rows` is the page size of the connection that `type` is, if it is one."""
        name = node.name.value
        if name.startswith("__") or not isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
            return 0
        definition = type.fields[name]
        extra = WEIGHTS.get(name, 0) + (MUTATION if type is self._schema.mutation_type else 0)
        if node.selection_set is None:
            return extra
        inner = get_named_type(definition.type)
        if "pageInfo" in getattr(inner, "fields", ()):
            return extra + 1 + self._selections(inner, node.selection_set, self._size(definition, node))
        if name == "edges" and "pageInfo" in type.fields:
            return rows * max(1, self._selections(inner, node.selection_set, 1))
        if name == "pageInfo":
            return 0
        times = self._size(definition, node) if _listed(definition) or "records" in definition.args else 1
        return extra + times * (1 + self._selections(inner, node.selection_set, 1))

    def _size(self, definition: GraphQLField, node: FieldNode) -> int:
        """The rows that the arguments ask for. What is out of bounds is refused when it runs."""
        sizes = [name for name in _SIZES if name in definition.args]
        if not sizes:
            return LIST_ROWS
        try:
            given = get_argument_values(definition, node, self._variables)
        except GraphQLError:
            return 1
        if isinstance(named := given.get("representations"), list):
            return len(named)
        asked = [given[name] for name in sizes if isinstance(given.get(name), int)]
        return min(max(1, *asked), MAX_PAGE) if asked else DEFAULT_PAGE

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        try:
            skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
            include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        except GraphQLError:
            return True
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))


def _listed(definition: GraphQLField) -> bool:
    of = definition.type
    return isinstance(of.of_type if isinstance(of, GraphQLNonNull) else of, GraphQLList)
