"""Which documents the fast path covers, and what is known of one before any request: see README.md."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLString,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    TypeNode,
    VariableNode,
    Visitor,
    print_ast,
    type_from_ast,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values

from resolvers.access.permissions import needs
from resolvers.fast.document_compiler import NotCovered


@dataclass(frozen=True, slots=True)
class CoveredDocument:
    """A document with one operation that the fast path may run.

    `inner` are the variables below the root field: a plan depends on them. `scopes` are those that the selected fields
    need beyond that of `customer`. Most documents are simple and need no coercion of variables: if all are `String!`,
    `texts` are their names, and `by` is the attribute of CustomerBy that one of them fills, with that variable's name.
    """

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    root: FieldNode
    selection: SelectionSetNode
    inner: tuple[str, ...]
    scopes: frozenset[str]
    texts: tuple[str, ...] | None
    by: tuple[str, str] | None

    def values(self, schema: GraphQLSchema, variables: Mapping[str, Any]) -> VariableValues | None:
        """The variables coerced, or None where they do not fit."""
        if self.texts is not None and all(type(variables.get(name)) is str for name in self.texts):
            return VariableValues({}, {name: variables[name] for name in self.texts})
        values = get_variable_values(schema, self.operation.variable_definitions or (), dict(variables))
        return values if isinstance(values, VariableValues) else None


def cover(schema: GraphQLSchema, document: DocumentNode, operation_name: str | None) -> CoveredDocument:
    """What is known of a valid document. Raises NotCovered where only the ordinary executor runs it."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    named = [node for node in operations if node.name and node.name.value == operation_name]
    [operation] = named if operation_name is not None else operations
    selections = operation.selection_set.selections
    root = selections[0]
    if (
        operation.operation is not OperationType.QUERY
        or operation.directives
        or len(selections) != 1
        or not isinstance(root, FieldNode)
        or root.name.value != "customer"
        or root.directives
        or root.selection_set is None
        or [argument.name.value for argument in root.arguments or ()] != ["by"]
    ):
        raise NotCovered
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    inner = _variables(root.selection_set).union(*(_variables(node) for node in fragments.values()))
    for definition in operation.variable_definitions or ():
        if definition.variable.name.value in inner and not _few_valued(schema, definition.type):
            raise NotCovered  # a cursor, say: every value would be a plan of its own
    query = schema.query_type
    assert query is not None
    scopes = frozenset(rule.scope for rule in needs(schema, [root], query, fragments))
    texts, by = _plainly(query, operation, root)
    return CoveredDocument(operation, fragments, root, root.selection_set, tuple(sorted(inner)), scopes, texts, by)


def _plainly(
    query: GraphQLObjectType, operation: OperationDefinitionNode, root: FieldNode
) -> tuple[tuple[str, ...] | None, tuple[str, str] | None]:
    """`texts` and `by` of CoveredDocument."""
    definitions = operation.variable_definitions or ()
    if any(print_ast(node.type) != "String!" or node.default_value for node in definitions):
        return None, None
    texts = tuple(node.variable.name.value for node in definitions)
    match [argument.value for argument in root.arguments or ()]:
        case [ObjectValueNode(fields=(ObjectFieldNode(value=VariableNode() as variable) as key,))]:
            by: Any = query.fields["customer"].args["by"].type
            field = by.of_type.fields[key.name.value]
            if field.type is GraphQLString:
                return texts, (field.extensions["strawberry-definition"].python_name, variable.name.value)
        case _:
            pass
    return texts, None


def _few_valued(schema: GraphQLSchema, node: TypeNode) -> bool:
    type_: Any = type_from_ast(schema, node)
    type_ = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    return type_ in (GraphQLBoolean, GraphQLInt) or isinstance(type_, GraphQLEnumType)


class _Variables(Visitor):
    """Collects the names of variables. Raises NotCovered on a directive that is no switch."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.names.add(node.name.value)

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value not in ("skip", "include"):
            raise NotCovered


def _variables(node: SelectionSetNode | FragmentDefinitionNode) -> set[str]:
    collected = _Variables()
    visit(node, collected)
    return collected.names
