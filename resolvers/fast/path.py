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

from graphql import GraphQLError, located_error, parse
from graphql.execution.values import VariableValues
from strawberry import Schema
from strawberry.types import ExecutionResult

from domain.errors import InvalidInput
from graph.customers import Reading
from resolvers.bounds.costs import Estimate
from resolvers.context import Context
from resolvers.customer import customer, find_customer
from resolvers.customer.customer_by import CustomerBy, finder
from resolvers.fast.covered_document import CoveredDocument, cover
from resolvers.fast.document_compiler import Anomaly, Complete, NotCovered, Selections, completion
from resolvers.kit.selection import Selected

DOCUMENTS = 256
PLANS = 8
"""Most plans of one document: one for each combination of its switches and page sizes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A document under one set of inner variables: what is read, the function that completes it, and its cost."""

    reading: Reading
    complete: Complete
    cost: int


def plan_of(schema: Schema, document: CoveredDocument, values: VariableValues) -> Plan:
    """Raises NotCovered, and GraphQLError or InvalidInput where the values cannot be."""
    selections = Selections(schema, document.fragments, values)
    root = selections.field(document.root)
    selected = Selected(selections.core, selections.walker, [root])
    parts = customer.parts(selected)
    type_: Any = root.type
    complete = completion(selections, type_, [document.selection])
    cost = Estimate(selections.core, document.fragments, values).operation(document.operation)
    # Only here: the store plans each combination of columns anew, and known documents are few.
    columns = {part: columns for part, columns in parts.items() if columns is not None}
    return Plan(Reading.of(parts, columns, customer.own(selected)), complete, cost)


@dataclass(slots=True)
class _Prepared:
    """A covered document and its plans, the least used first."""

    document: CoveredDocument
    plans: OrderedDict[tuple[Any, ...], Plan | None] = field(default_factory=OrderedDict[tuple[Any, ...], Any])


class FastPath:
    """Plans of one schema, in bounded memory."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._core = schema._schema  # pyright: ignore[reportPrivateUsage]
        self._prepared: OrderedDict[tuple[str, str | None], _Prepared | None] = OrderedDict()

    def learn(self, text: str, operation_name: str | None) -> None:
        """Remembers a document that has been executed in the ordinary way without a request error."""
        key = text, operation_name
        if key not in self._prepared:
            try:
                document = cover(self._core, parse(text, no_location=False), operation_name)
                self._prepared[key] = _Prepared(document)
            except NotCovered:
                self._prepared[key] = None
            _forget(self._prepared, DOCUMENTS)

    async def execute(
        self, text: str, operation_name: str | None, variables: Mapping[str, Any] | None, context: Context
    ) -> ExecutionResult | None:
        """The answer, or None where the ordinary executor is to give it. Raises TooLarge and Throttled."""
        key = text, operation_name
        prepared = self._prepared.get(key)
        if prepared is None or context.caller.limited or not context.caller.scopes >= prepared.document.scopes:
            return None
        self._prepared.move_to_end(key)
        values = prepared.document.values(self._core, variables or {})
        if values is None:
            return None
        plan, anew = self._plan(prepared, values)
        if plan is None:
            return None
        await context.meter.charge(plan.cost)
        if anew:
            await context.meter.planned_anew()
        context.trail.fields.add("customer")
        root = prepared.document.root
        answer = root.alias.value if root.alias else root.name.value
        try:
            by = finder(self._by(prepared.document, values), context)
            guest = await find_customer.one(context, by, plan.reading)
        except Exception as error:
            return ExecutionResult({answer: None}, [located_error(error, [root], [answer])])
        try:
            return ExecutionResult({answer: plan.complete(guest) if guest is not None else None}, None)
        except Anomaly:
            return None

    def _by(self, document: CoveredDocument, values: VariableValues) -> CustomerBy:
        if document.by is not None:
            attribute, variable = document.by
            return CustomerBy(**{attribute: values.coerced[variable]})
        selections = Selections(self._schema, document.fragments, values)
        return selections.arguments(selections.field(document.root))["by"]

    def _plan(self, prepared: _Prepared, values: VariableValues) -> tuple[Plan | None, bool]:
        """The plan, and whether another one had to be forgotten for it."""
        coerced = values.coerced
        key = tuple((name in coerced, coerced.get(name)) for name in prepared.document.inner)
        if key in prepared.plans:
            prepared.plans.move_to_end(key)
            return prepared.plans[key], False
        anew = len(prepared.plans) == PLANS
        try:
            plan = plan_of(self._schema, prepared.document, values)
        except (NotCovered, GraphQLError, InvalidInput):
            plan = None
        prepared.plans[key] = plan
        _forget(prepared.plans, PLANS)
        return plan, anew


def _forget(cache: OrderedDict[Any, Any], most: int) -> None:
    while len(cache) > most:
        cache.popitem(last=False)
