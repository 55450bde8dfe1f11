"""Walks what a document selects: the one place that opens fragments, reads @skip and @include, and knows which type a
field is selected on.

Rights, price, limits, look-ahead and compiled documents all ask here, so they cannot disagree about what is selected.
Without variables a walk passes every field, whatever its switches say: rights hold for all of them. With variables it
passes the fields that execution resolves. Without a schema it opens every fragment and knows no types: limits count a
document before it is known to be valid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    get_directive_values,
    get_named_type,
    is_abstract_type,
)
from graphql.execution.values import VariableValues, get_argument_values

_NONE: frozenset[str] = frozenset()
_NO_FIELDS: Mapping[str, GraphQLField] = {}


class FieldSelection(NamedTuple):
    """A field that a document selects once.

    `parent` is the type that it is selected on, `definition` its field there: None for `__typename` and the rest of
    introspection, and without a schema. `depth` is 1 for the outermost selections.
    """

    parent: GraphQLNamedType | None
    definition: GraphQLField | None
    node: FieldNode
    name: str
    depth: int

    @property
    def key(self) -> str:
        """The key that the answer has for it."""
        return self.node.alias.value if self.node.alias else self.node.name.value

    @property
    def type(self) -> GraphQLNamedType | None:
        """The type of what it gives, lists and non-null taken off."""
        return None if self.definition is None else get_named_type(self.definition.type)


class Walker:
    """Walks the selections of one document.

    A switch that has no value, because its variable is null, counts as on: execution refuses it. With `strict` the walk
    raises GraphQLError there instead.
    """

    def __init__(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        schema: GraphQLSchema | None = None,
        variables: VariableValues | None = None,
        *,
        strict: bool = False,
    ) -> None:
        self._fragments = fragments
        self._schema = schema
        self._variables = variables
        self._strict = strict

    def selections(
        self, parent: GraphQLNamedType | None, *sets: SelectionSetNode
    ) -> Iterator[tuple[GraphQLNamedType | None, SelectionNode]]:
        """Each included selection of these sets with the type it stands on, in order: fields, and fragments before what
        is in them. Lazy: a caller that stops leaves the rest unopened.

        A `parent` that is an object type is the type of the object itself. It stays the parent inside fragments on its
        interfaces and unions, and fragments that never apply to it are passed over. No fragment is opened inside
        itself, and an unknown one is not opened at all.
        """
        open_sets = [(parent, iter(selections.selections), _NONE) for selections in reversed(sets)]
        while open_sets:
            parent, nodes, inside = open_sets[-1]
            for node in nodes:
                if node.directives and not self._included(node):
                    continue
                yield parent, node
                if not isinstance(node, FieldNode) and (inner := self._opened(parent, node, inside)) is not None:
                    open_sets.append(inner)
                    break
            else:
                open_sets.pop()

    def fields(
        self, parent: GraphQLNamedType | None, *sets: SelectionSetNode, depth: int = 1
    ) -> Iterator[FieldSelection]:
        """The included fields of these sets, through fragments: see `selections`. One selected twice comes twice."""
        for of, node in self.selections(parent, *sets):
            if isinstance(node, FieldNode):
                yield self.field(of, node, depth)

    def field(self, parent: GraphQLNamedType | None, node: FieldNode, depth: int = 1) -> FieldSelection:
        """A field that is selected on this type, whatever its own switches say."""
        name = node.name.value
        definitions: Mapping[str, GraphQLField] = getattr(parent, "fields", _NO_FIELDS)
        return FieldSelection(parent, definitions.get(name), node, name, depth)

    def below(self, field: FieldSelection) -> Iterator[FieldSelection]:
        """The included fields that are selected on what a field gives; none of introspection, which costs nothing of
        ours and shows nothing of anybody."""
        if field.node.selection_set is None or field.name.startswith("__"):
            return iter(())
        return self.fields(field.type, field.node.selection_set, depth=field.depth + 1)

    def everything(self, fields: Iterable[FieldSelection]) -> Iterator[FieldSelection]:
        """These fields and all that is selected below them, each before what is below it.

        Only for valid documents within the limits: fragments that open fragments grow by powers.
        """
        levels = [iter(fields)]
        while levels:
            for field in levels[-1]:
                yield field
                if field.node.selection_set is not None:
                    levels.append(self.below(field))
                    break
            else:
                levels.pop()

    def arguments(self, field: FieldSelection) -> dict[str, Any]:
        """A field's arguments, variables and defaults filled in. Raises GraphQLError where a value cannot be."""
        return {} if field.definition is None else get_argument_values(field.definition, field.node, self._variables)

    def _opened(
        self, parent: GraphQLNamedType | None, node: SelectionNode, inside: frozenset[str]
    ) -> tuple[GraphQLNamedType | None, Iterator[SelectionNode], frozenset[str]] | None:
        """What is in a fragment and the type that it stands on; None where it is not to be opened."""
        fragment: InlineFragmentNode | FragmentDefinitionNode | None = None
        if isinstance(node, InlineFragmentNode):
            fragment = node
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in inside:
            fragment = self._fragments.get(node.name.value)
            inside |= {node.name.value}
        if fragment is None:
            return None
        if self._schema is not None and fragment.type_condition is not None:
            condition = self._schema.get_type(fragment.type_condition.name.value)
            if not isinstance(parent, GraphQLObjectType):
                parent = condition
            elif condition is not parent and not (
                is_abstract_type(condition) and self._schema.is_sub_type(condition, parent)
            ):
                return None
        return parent, iter(fragment.selection_set.selections), inside

    def _included(self, node: SelectionNode) -> bool:
        if self._variables is None:
            return True
        try:
            skip = get_directive_values(GraphQLSkipDirective, node, self._variables)
            include = get_directive_values(GraphQLIncludeDirective, node, self._variables)
        except GraphQLError:
            if self._strict:
                raise
            return True
        return not (skip and skip["if"]) and (include is None or bool(include["if"]))
