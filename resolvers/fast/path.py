"""The fast path: the profile of one customer, read by one query and completed by code made for the document.

A document that the ordinary executor has executed once is valid and within its limits; from then on it runs here, if it
asks for one `customer` and nothing that only the ordinary executor does. A plan holds what does not change from request
to request: which parts of a profile are read and how they are completed. Whatever is not plainly right goes to the
ordinary executor, so that errors are always its own.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    Visitor,
    located_error,
    parse,
    print_ast,
    type_from_ast,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values
from strawberry import Schema
from strawberry.types import ExecutionResult

from domain.errors import InvalidInput
from graph.customers import Reading
from resolvers.access.permissions import needs
from resolvers.bounds.costs import Estimate
from resolvers.context import Context
from resolvers.customer import customer, find_customer
from resolvers.customer.customer_by import CustomerBy, finder
from resolvers.fast.document_compiler import Anomaly, Complete, NotCovered, Selections, completion
from resolvers.kit.selection import Selected

DOCUMENTS = 256
PLANS = 8
"""Most plans of one document: one for each combination of its switches and page sizes."""


@dataclass(frozen=True, slots=True)
class _Plan:
    reading: Reading
    complete: Complete
    cost: int


@dataclass(slots=True)
class _Prepared:
    """A covered document. `inner` are the variables that a plan depends on, `needs` the scopes
    of what is selected. Most documents are simple, and need no
    coercion: `texts` are their variables, where all are `String!`, and `by` says which attribute of CustomerBy is which
    variable."""

    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    root: FieldNode
    inner: tuple[str, ...]
    needs: frozenset[str]
    texts: tuple[str, ...] | None
    by: tuple[str, str] | None
    plans: OrderedDict[tuple[Any, ...], _Plan | None] = field(default_factory=OrderedDict[tuple[Any, ...], Any])


class FastPath:
    """Plans of one schema, in bounded memory."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._query: GraphQLObjectType = schema._schema.query_type  # pyright: ignore
        self._prepared: OrderedDict[tuple[str, str | None], _Prepared | None] = OrderedDict()

    def learn(self, text: str, operation_name: str | None) -> None:
        """Remembers a document that has been executed in the ordinary way without a request error."""
        key = text, operation_name
        if key not in self._prepared:
            try:
                self._prepared[key] = self._prepare(parse(text, no_location=False), operation_name)
            except NotCovered:
                self._prepared[key] = None
            _forget(self._prepared, DOCUMENTS)

    async def execute(
        self, text: str, operation_name: str | None, variables: Mapping[str, Any] | None, context: Context
    ) -> ExecutionResult | None:
        """The answer, or None where the ordinary executor is to give it. Raises TooLarge and Throttled."""
        key = text, operation_name
        prepared = self._prepared.get(key)
        if prepared is None or context.caller.limited or not context.caller.scopes >= prepared.needs:
            return None
        self._prepared.move_to_end(key)
        values = self._values(prepared, variables or {})
        if values is None:
            return None
        plan = self._plan(prepared, values)
        if plan is None:
            return None
        await context.meter.charge(plan.cost)
        context.trail.fields.add("customer")
        answer = prepared.root.alias.value if prepared.root.alias else prepared.root.name.value
        try:
            found = await find_customer.one(context, finder(self._by(prepared, values), context), plan.reading)
        except Exception as error:
            return ExecutionResult({answer: None}, [located_error(error, [prepared.root], [answer])])
        try:
            return ExecutionResult({answer: plan.complete(found) if found is not None else None}, None)
        except Anomaly:
            return None

    def _values(self, prepared: _Prepared, given: Mapping[str, Any]) -> VariableValues | None:
        if prepared.texts is not None and all(type(given.get(name)) is str for name in prepared.texts):
            return VariableValues({}, {name: given[name] for name in prepared.texts})
        definitions = prepared.operation.variable_definitions or ()
        values = get_variable_values(self._schema._schema, definitions, dict(given))  # pyright: ignore
        return values if isinstance(values, VariableValues) else None

    def _by(self, prepared: _Prepared, values: VariableValues) -> CustomerBy:
        if prepared.by is not None:
            attribute, variable = prepared.by
            return CustomerBy(**{attribute: values.coerced[variable]})
        selections = Selections(self._schema, prepared.fragments, values)
        return selections.arguments(selections.walker.field(self._query, prepared.root))["by"]

    def _prepare(self, document: DocumentNode, operation_name: str | None) -> _Prepared:
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
            or [argument.name.value for argument in root.arguments or ()] != ["by"]
        ):
            raise NotCovered
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        inner = _variables(root.selection_set).union(*(_variables(node) for node in fragments.values()))
        for definition in operation.variable_definitions or ():
            if definition.variable.name.value in inner and not self._countable(definition.type):
                raise NotCovered  # a cursor, say: every value would be a plan of its own
        below = needs(self._schema._schema, [root], self._query, fragments)  # pyright: ignore[reportPrivateUsage]
        scopes = frozenset(rule.scope for rule in below)
        return _Prepared(operation, fragments, root, tuple(sorted(inner)), scopes, *self._plainly(operation, root))

    def _plainly(
        self, operation: OperationDefinitionNode, root: FieldNode
    ) -> tuple[tuple[str, ...] | None, tuple[str, str] | None]:
        """Where all variables are texts, these; and where one of them alone names the customer, how."""
        definitions = operation.variable_definitions or ()
        if any(print_ast(node.type) != "String!" or node.default_value for node in definitions):
            return None, None
        texts = tuple(node.variable.name.value for node in definitions)
        match [argument.value for argument in root.arguments or ()]:
            case [ObjectValueNode(fields=(ObjectFieldNode(value=VariableNode() as variable) as given,))]:
                types: Any = self._query.fields["customer"].args["by"].type
                told = types.of_type.fields[given.name.value]
                if told.type is GraphQLString:
                    return texts, (told.extensions["strawberry-definition"].python_name, variable.name.value)
            case _:
                pass
        return texts, None

    def _countable(self, node: Any) -> bool:
        of = type_from_ast(self._schema._schema, node)  # pyright: ignore[reportPrivateUsage]
        of = of.of_type if isinstance(of, GraphQLNonNull) else of
        return of in (GraphQLBoolean, GraphQLInt) or isinstance(of, GraphQLEnumType)

    def _plan(self, prepared: _Prepared, values: VariableValues) -> _Plan | None:
        coerced = values.coerced
        key = tuple((name in coerced, coerced.get(name)) for name in prepared.inner)
        if key in prepared.plans:
            prepared.plans.move_to_end(key)
            return prepared.plans[key]
        selections = Selections(self._schema, prepared.fragments, values)
        root = selections.walker.field(self._query, prepared.root)
        plan = None
        try:
            selected = Selected(selections.core, selections.walker, [root])
            parts = customer.parts(selected)
            type_: Any = root.type
            assert prepared.root.selection_set is not None
            complete = completion(selections, type_, [prepared.root.selection_set])
            cost = Estimate(selections.core, prepared.fragments, values).operation(prepared.operation)
            # Only here: the store plans each combination of columns anew, and known documents are few.
            columns = {part: columns for part, columns in parts.items() if columns is not None}
            plan = _Plan(Reading.of(parts, columns, customer.own(selected)), complete, cost)
        except (NotCovered, GraphQLError, InvalidInput):
            pass
        prepared.plans[key] = plan
        _forget(prepared.plans, PLANS)
        return plan


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


def _variables(node: Any) -> set[str]:
    collected = _Variables()
    visit(node, collected)
    return collected.names


def _forget(known: OrderedDict[Any, Any], most: int) -> None:
    while len(known) > most:
        known.popitem(last=False)
