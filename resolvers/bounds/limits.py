"""Bounds on a document, as validation rules: depth, aliases, directives, root fields and fields, fragments opened.

They are looked at before all other rules, some of which take time that grows with the square of a document. The rule
class is made once: a new class per request would never hit the validation cache (and would fill it).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
)
from strawberry.extensions import AddValidationRules, SchemaExtension

from resolvers.kit.graphql_errors import DocumentRefused
from resolvers.kit.walk import Walker

MAX_TOKENS = 2_000
"""Tokens of a document."""
MAX_DEPTH = 12
"""Levels of an operation. Introspection does not count."""
MAX_FIELDS = 500
"""Fields and fragments of an operation, each counted again wherever a fragment is opened."""
MAX_ALIASES = 30
"""Aliases of an operation."""
MAX_ROOT_FIELDS = 10
"""Root fields of an operation."""
MAX_DIRECTIVES = 30
"""Directives of an operation."""


class _Count:
    def __init__(self) -> None:
        self.roots = self.selections = self.aliases = self.directives = self.depth = 0


class BoundedDocument(ValidationRule):
    """Refuses an operation that is too large when its fragments are opened, and stops opening them at the bound.

    Nothing else of a refused document is validated.
    """

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        document: DocumentNode = context.document
        fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
        self._walker = Walker(fragments)

    def enter_document(self, node: DocumentNode, *_: Any) -> None:
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode):
                self._operation(definition)
            elif isinstance(definition, FragmentDefinitionNode):  # also one that no operation opens
                self._check(definition, "fields and fragments", _written(definition.selection_set), MAX_FIELDS)

    def _operation(self, node: OperationDefinitionNode) -> None:
        count = _Count()
        with suppress(_TooLarge):
            self._walk(node.selection_set, 1, count)
        self._check(node, "root fields", count.roots, MAX_ROOT_FIELDS)
        self._check(node, "levels", count.depth, MAX_DEPTH)
        self._check(node, "fields and fragments", count.selections, MAX_FIELDS)
        self._check(node, "aliases", count.aliases, MAX_ALIASES)
        self._check(node, "directives", count.directives, MAX_DIRECTIVES)

    def _check(self, node: OperationDefinitionNode | FragmentDefinitionNode, what: str, count: int, most: int) -> None:
        if count > most:
            raise DocumentRefused(f"The operation has more than {most} {what}.", node)

    def _walk(self, selections: SelectionSetNode, depth: int, count: _Count) -> None:
        count.depth = max(count.depth, depth)
        if depth > MAX_DEPTH:
            raise _TooLarge
        # The walker opens no fragment inside itself: a cycle is left to the specification's own rule.
        for _, node in self._walker.selections(None, selections):
            count.selections += 1
            count.directives += len(node.directives or ())
            if count.selections > MAX_FIELDS:
                raise _TooLarge  # fragments that open fragments grow by powers, so nobody counts to the end
            if isinstance(node, FieldNode):
                count.roots += depth == 1
                count.aliases += node.alias is not None
                # Introspection is deep by nature and costs nothing of ours.
                if node.selection_set is not None and not node.name.value.startswith("__"):
                    self._walk(node.selection_set, depth + 1, count)


def _written(selections: SelectionSetNode) -> int:
    """Fields and fragments as they are written, none of them opened: what is written need not be selected."""
    count, waiting = 0, [selections]
    while waiting:
        nodes = waiting.pop().selections
        count += len(nodes)
        waiting += [inner for node in nodes if (inner := getattr(node, "selection_set", None)) is not None]
    return count


class _TooLarge(Exception):
    pass


class Limits(AddValidationRules):
    def __init__(self) -> None:
        super().__init__([BoundedDocument])


class OneOperation(SchemaExtension):
    """Refuses a document that does not say which operation to run; Strawberry runs the first of several."""

    def on_parse(self) -> Iterator[None]:
        yield
        document = self.execution_context.graphql_document
        if document is None:
            return
        wanted = self.execution_context._provided_operation_name  # pyright: ignore[reportPrivateUsage]
        names = [
            node.name and node.name.value for node in document.definitions if isinstance(node, OperationDefinitionNode)
        ]
        if wanted is not None and wanted not in names:
            raise DocumentRefused("The document has no operation of the name in `operationName`.")
        if wanted is None and len(names) != 1:
            raise DocumentRefused("Send one operation, or name the one to run in `operationName`.")
