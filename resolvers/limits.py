"""Bounds on a document, as validation rules: depth, aliases, directives, root fields and fields, fragments opened.

The rule class is made once: a new class per request would never hit the validation cache (and would fill it).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)
from strawberry.extensions import AddValidationRules

MAX_TOKENS = 2_000
MAX_DEPTH = 12
MAX_FIELDS = 500
MAX_ALIASES = 30
MAX_ROOT_FIELDS = 10
MAX_DIRECTIVES = 30


class _Count:
    def __init__(self) -> None:
        self.fields = self.aliases = self.directives = 0
        self.depth = 0


class BoundedDocument(ValidationRule):
    """Refuses a document that is too large when its fragments are opened; a cycle of fragments ends at the depth."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        document: DocumentNode = context.document
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        count = _Count()
        roots = sum(1 for _ in self._fields(node.selection_set, count, 0))
        self._check(node, "root fields", roots, MAX_ROOT_FIELDS)
        with suppress(_TooLarge):
            self._walk(node.selection_set, 1, count)
        self._check(node, "levels", count.depth, MAX_DEPTH)
        self._check(node, "fields", count.fields, MAX_FIELDS)
        self._check(node, "aliases", count.aliases, MAX_ALIASES)
        self._check(node, "directives", count.directives, MAX_DIRECTIVES)

    def _check(self, node: OperationDefinitionNode, what: str, found: int, most: int) -> None:
        if found > most:
            self.report_error(GraphQLError(f"The operation has more than {most} {what}.", node))

    def _walk(self, selections: SelectionSetNode, depth: int, count: _Count) -> None:
        count.depth = max(count.depth, depth)
        if depth > MAX_DEPTH:
            raise _TooLarge
        for field in self._fields(selections, count, 0):
            count.fields += 1
            count.aliases += field.alias is not None
            count.directives += len(field.directives or ())
            if count.fields > MAX_FIELDS:
                raise _TooLarge
            # Introspection is deep by nature and costs nothing of ours.
            if field.selection_set is not None and not field.name.value.startswith("__"):
                self._walk(field.selection_set, depth + 1, count)

    def _fields(self, selections: SelectionSetNode, count: _Count, opened: int) -> Iterator[FieldNode]:
        if opened > MAX_DEPTH:
            return  # a cycle; the specification's own rule reports it
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield node
                continue
            count.directives += len(node.directives or ())
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragments.get(node.name.value)
                if fragment is not None:
                    yield from self._fields(fragment.selection_set, count, opened + 1)
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set, count, opened + 1)


class _TooLarge(Exception):
    pass


class Limits(AddValidationRules):
    def __init__(self) -> None:
        super().__init__([BoundedDocument])
