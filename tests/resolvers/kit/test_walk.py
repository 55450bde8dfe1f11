"""Execution, price, rights, look-ahead and compiled documents see the same fields.

Random valid documents over our own schema are executed on stub resolvers that record what they resolve.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLList,
    GraphQLNonNull,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    build_schema,
    execute_sync,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
    parse,
    print_schema,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from resolvers.access.permissions import coordinates
from resolvers.fast.document_compiler import Selections
from resolvers.kit.selection import Selected
from resolvers.kit.walk import FieldSelection, Walker
from resolvers.schema import make_schema

SCHEMA: Any = build_schema(print_schema(make_schema()._schema))  # pyright: ignore[reportPrivateUsage]
"""Our types without our resolvers."""
CONDITIONS: list[Any] = [
    SCHEMA.get_type(name) for name in ("Customer", "Segment", "Transaction", "Brand", "Node", "Node", "_Entity")
]
ARGUMENTS = {
    "customer": '(by: {customerNumber: "x"})',
    "customerSearch": '(text: "x")',
    "node": '(id: "x")',
    "_entities": "(representations: [])",
}
SWITCHES = (*[""] * 12, "@skip(if: $a)", "@include(if: $b)", "@skip(if: $a) @include(if: $c)", "@include(if: false)")
HEAD = "query Q($a: Boolean!, $b: Boolean! = true, $c: Boolean = false)"
# Every variable is used, as validation wants it.
USED = "a: __typename @skip(if: $a) b: __typename @skip(if: $b) c: __typename @skip(if: $c)"
RANDOM_DOCUMENTS = 250
Place = tuple[tuple[str, ...], str, str]
"""Where an answer has a field: its path of keys, the type of the object that it is a field of, and its name."""
Reader = Callable[[Any, Any], Iterable[tuple[FieldSelection, Any]]]
"""Says which fields are selected on an object of a type by what is opened, each with what is to be opened below it."""


class Drawing:
    """Draws one document. Some are not valid: two of their fields have one key and cannot be merged."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._fragments: list[tuple[Any, str]] = []
        self._keys = iter(range(10**6))
        self._left = rng.randint(5, 60)

    def text(self) -> str:
        body = self._selection(SCHEMA.query_type, 4)
        fragments = (f"fragment F{n} on {type_.name} {{ {text} }}" for n, (type_, text) in enumerate(self._fragments))
        return "\n".join([f"{HEAD} {{ {USED} {body} }}", *fragments])

    def _selection(self, type_: Any, depth: int) -> str:
        return " ".join(self._piece(type_, depth) for _ in range(self._rng.randint(1, 4)))

    def _piece(self, type_: Any, depth: int) -> str:
        switch = self._rng.choice(SWITCHES)
        self._left -= 1
        depth = depth if self._left > 0 else 0
        kind = self._rng.randrange(8) if depth > 0 else 7
        condition = self._rng.choice([type_, *(other for other in CONDITIONS if overlap(type_, other))])
        known = [n for n, (other, _) in enumerate(self._fragments) if overlap(type_, other)]
        if kind == 0:
            return f"... {switch} {{ {self._selection(type_, depth - 1)} }}"
        if kind in (1, 2):
            return f"... on {condition.name} {switch} {{ {self._selection(condition, depth - 1)} }}"
        if kind == 3:
            text = self._selection(condition, depth - 1)  # first: it opens no fragment that comes later
            self._fragments.append((condition, text))
            return f"...F{len(self._fragments) - 1} {switch}"
        if kind == 4 and known:
            return f"...F{self._rng.choice(known)} {switch}"
        return self._field(type_, switch, depth)

    def _field(self, type_: Any, switch: str, depth: int) -> str:
        fields: dict[str, Any] = getattr(type_, "fields", {})
        names = [name for name, field in fields.items() if may_be_selected(name, field, depth)]
        if not names or self._rng.randrange(8) == 0:
            return f"__typename {switch}"
        name = self._rng.choice(names)
        key = f"k{next(self._keys)}: " if self._rng.random() < 0.5 else ""  # else two of one name are merged
        named = get_named_type(fields[name].type)
        below = "" if is_leaf_type(named) else f"{{ {self._selection(named, depth - 1)} }}"
        return f"{key}{name}{ARGUMENTS.get(name, '')} {switch} {below}"


def may_be_selected(name: str, field: Any, depth: int) -> bool:
    required = any(is_required_argument(argument) for argument in field.args.values())
    return (name in ARGUMENTS or not required) and (depth > 0 or is_leaf_type(get_named_type(field.type)))


def objects(type_: Any) -> list[Any]:
    return list(SCHEMA.get_possible_types(type_)) if is_abstract_type(type_) else [type_]


@cache
def overlap(first: Any, second: Any) -> bool:
    return not set(objects(first)).isdisjoint(objects(second))


def resolved(type_: Any) -> list[Any]:
    """The types of the objects that the stub gives for a field: of a list one of each, else the first."""
    type_ = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    types = objects(get_named_type(type_))
    return types if isinstance(type_, GraphQLList) else types[:1]


def stub(type_: Any) -> Any:
    named: Any = get_named_type(type_)
    many = isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)
    values: list[Any] = [{"__typename": each.name} for each in resolved(type_)]
    if isinstance(named, GraphQLEnumType):
        values = [next(iter(named.values.values())).value]
    elif is_leaf_type(named):
        values = [1]
    return values if many else values[0]


class Executed:
    """A document that was executed, and which fields that resolved."""

    def __init__(self, text: str, document: DocumentNode, variables: dict[str, Any]) -> None:
        self.text = text
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
        self.root = operations[0].selection_set
        self.fragments = {node.name.value: node for node in fragments}
        self.fields: set[Place] = set()
        values = get_variable_values(SCHEMA, operations[0].variable_definitions or (), variables)
        assert isinstance(values, VariableValues)
        self.values = values
        result = execute_sync(SCHEMA, document, variable_values=variables, field_resolver=self._resolve)
        assert isinstance(result, ExecutionResult)
        assert result.errors is None, text

    def _resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        path = tuple(key for key in info.path.as_list() if isinstance(key, str))
        self.fields.add((path, info.parent_type.name, info.field_name))
        return stub(info.return_type)


@cache
def executed() -> list[Executed]:
    """Valid documents under random variables."""
    rng, valid = random.Random(7), list[Executed]()
    while len(valid) < RANDOM_DOCUMENTS:
        text = Drawing(rng).text()
        document = parse(text)
        if not validate(SCHEMA, document):
            switches = {"a": rng.random() < 0.5} | {name: rng.random() < 0.5 for name in "bc" if rng.random() < 0.5}
            valid.append(Executed(text, document, switches))
    return valid


def places(reader: Reader, type_: Any, opened: Any, path: tuple[str, ...] = ()) -> Iterator[Place]:
    """Where the answer has the fields that a reader sees on an object of this type."""
    for field, below in reader(type_, opened):
        if field.name != "__typename":
            here = (*path, field.key)
            yield here, type_.name, field.name
            if field.node.selection_set is not None:
                for each in resolved(type_.fields[field.name].type):
                    yield from places(reader, each, below, here)


def test_all_readers_see_what_execution_resolves() -> None:
    for document in executed():
        walker = Walker(document.fragments, SCHEMA, document.values)
        ours: Any = SimpleNamespace(_schema=SCHEMA)
        selections = Selections(ours, document.fragments, document.values)

        def walked(type_: Any, opened: Any, walker: Walker = walker) -> Any:
            return ((field, field.node.selection_set) for field in walker.fields(type_, opened))

        def compiled(type_: Any, opened: Any, selections: Selections = selections) -> Any:
            for same_key in selections.fields(type_, opened).values():
                yield same_key[0], [field.node.selection_set for field in same_key if field.node.selection_set]

        def ahead(type_: Any, opened: Selected) -> Any:
            return ((field.under_key[0], field) for field in opened.fields(type_.name))

        assert set(places(walked, SCHEMA.query_type, document.root)) == document.fields, document.text
        assert set(places(compiled, SCHEMA.query_type, [document.root])) == document.fields, document.text
        seen: set[Place] = set()
        for field in walker.fields(SCHEMA.query_type, document.root):
            for type_ in resolved(field.definition.type) if field.definition else ():
                seen |= set(places(ahead, type_, Selected(SCHEMA, walker, [field]), (field.key,)))
        assert seen == {place for place in document.fields if len(place[0]) > 1}, document.text


def test_rights_see_all_that_has_a_price_and_that_is_at_least_what_runs() -> None:
    for document in executed():
        everywhere = Walker(document.fragments, SCHEMA).fields(SCHEMA.query_type, document.root)
        nodes = [field.node for field in everywhere]
        rights = coordinates(SCHEMA, nodes, SCHEMA.query_type, document.fragments)
        walker = Walker(document.fragments, SCHEMA, document.values)
        priced = [*walker.everything(walker.fields(SCHEMA.query_type, document.root))]
        price = {f"{type_.name}.{field.name}" for field in priced for type_ in objects(field.parent)}
        assert rights >= price, document.text
        assert price >= {f"{type_name}.{name}" for _, type_name, name in document.fields}, document.text
        # Limits know neither types nor switches.
        blind = Walker(document.fragments)
        counted = [*blind.everything(blind.fields(None, document.root))]
        assert len(counted) >= len(priced), document.text
        depth = max((field.depth for field in priced), default=0)
        assert max(field.depth for field in counted) >= depth, document.text


def walker_of(text: str, variables: dict[str, Any] | None = None, **options: Any) -> tuple[Walker, Any]:
    document = parse(text)
    operation, *fragments = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    named = {node.name.value: node for node in fragments if isinstance(node, FragmentDefinitionNode)}
    values = None if variables is None else VariableValues({}, variables)
    return Walker(named, SCHEMA, values, **options), operation.selection_set


def names(text: str, variables: dict[str, Any] | None = None, **options: Any) -> list[str]:
    walker, root = walker_of(text, variables, **options)
    return [field.name for field in walker.everything(walker.fields(SCHEMA.query_type, root))]


def test_no_fragment_is_opened_inside_itself_and_an_unknown_one_not_at_all() -> None:
    assert names("{...F ...F} fragment F on Query {brands{code ...G} ...F} fragment G on Brand {name ...G}") == [
        *("brands", "code", "name"),
        *("brands", "code", "name"),
    ]
    assert names("{...Unknown brands{...Unknown}}") == ["brands"]


def test_a_walk_opens_only_what_its_caller_takes() -> None:
    powers = "{...F0} " + " ".join(f"fragment F{n} on Query {{{f'...F{n + 1} ' * 20}}}" for n in range(20))
    walker, root = walker_of(powers)
    assert len([*islice(walker.selections(None, root), 1_000)]) == 1_000


def test_a_switch_without_a_value_counts_as_on_or_is_refused() -> None:
    text = "query($a: Boolean = true) {brands @include(if: $a) {code} stores {pageInfo {hasNextPage}}}"
    assert names(text, {"a": None}) == ["brands", "code", "stores", "pageInfo", "hasNextPage"]
    with pytest.raises(GraphQLError):
        names(text, {"a": None}, strict=True)
    assert names(text, {"a": False}, strict=True) == ["stores", "pageInfo", "hasNextPage"]


def test_a_field_on_an_interface_needs_the_rights_of_each_object_that_it_may_be() -> None:
    walker, root = walker_of('{node(id: "x") {id ... on Customer {... on Node {id ... on Segment {name}}}}}')
    nodes = [field.node for field in walker.fields(SCHEMA.query_type, root)]
    found = coordinates(SCHEMA, nodes, SCHEMA.query_type, {})
    assert found == {"Query.node"} | {f"{type_.name}.id" for type_ in objects(SCHEMA.get_type("Node"))}
