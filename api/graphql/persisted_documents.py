"""Documents that clients send by id: trusted documents of a manifest, and those registered by their hash (APQ)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson
from aiocache.base import BaseCache
from graphql import GraphQLError, OperationDefinitionNode, parse, specified_rules, validate
from redis.exceptions import RedisError

from api.graphql.request import Operation
from domain.errors import InvalidInput, NotAllowed, NotFound, PersistedQueryNotFound, SetupError
from domain.log import logger
from domain.settings import Settings
from resolvers.bounds.limits import BoundedDocument
from resolvers.schema import Schema

_REGISTERED_FOR_S = 24 * 3600
_log = logger("regulars.documents")


@dataclass(frozen=True, slots=True)
class PersistedDocuments:
    """`trusted`: the manifest's documents by id; `only`: where set, the only texts that are run; `names`: the operation
    names of each trusted text."""

    registered: BaseCache
    trusted: Mapping[str, str] = field(default_factory=dict[str, str])
    only: frozenset[str] | None = None
    names: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def label(self, operation: Operation) -> str:
        """The name of a trusted document's operation, for metrics: names of other documents are unbounded."""
        names = self.names.get(operation.query, frozenset())
        if operation.name in names:
            return operation.name
        return next(iter(names)) if operation.name is None and len(names) == 1 else "other"

    async def opened(self, operation: Operation) -> Operation:
        """The operation with its document.

        Raises NotFound, PersistedQueryNotFound, InvalidInput, and NotAllowed where the document is not trusted.
        """
        if operation.document_id is not None:
            text = self.trusted.get(operation.document_id)
            if text is None:
                raise NotFound(
                    "There is no document of this `documentId`.", hint="Publish the client's manifest first."
                )
        elif operation.sha256 is not None:
            text = await self._by_hash(operation.sha256, operation.query)
        else:
            text = operation.query
        if self.only is not None and text not in self.only:
            raise NotAllowed("Only trusted documents are run here.", hint="Send the `documentId` of one.")
        return operation if text is operation.query else replace(operation, query=text)

    async def _by_hash(self, sha256: str, text: str) -> str:
        if not text:
            document = self.trusted.get(sha256) or await self._registered(sha256)
            if document is None:
                raise PersistedQueryNotFound("PersistedQueryNotFound")
            return document
        if hashlib.sha256(text.encode("utf-8", "replace")).hexdigest() != sha256:
            raise InvalidInput("The hash in `persistedQuery` is not that of `query`.")
        if self.only is None:
            await self._register(sha256, text)
        return text

    async def _registered(self, sha256: str) -> str | None:
        try:
            return await self.registered.get(sha256)
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("redis.away", type=type(error).__name__)
            return None  # the client sends the text

    async def _register(self, sha256: str, text: str) -> None:
        try:
            await self.registered.set(sha256, text, ttl=_REGISTERED_FOR_S)
        except (RedisError, OSError, TimeoutError) as error:
            _log.warning("redis.away", type=type(error).__name__)


def persisted_documents(settings: Settings, schema: Schema, registered: BaseCache) -> PersistedDocuments:
    """The documents that the settings name.

    Raises SetupError where the manifest cannot be read or one of its documents can never run.
    """
    path, only = settings.graphql_documents, settings.graphql_documents_only
    if path is None:
        if only:
            raise SetupError("No document is trusted, so no request could run.", hint="Set REGULARS_GRAPHQL_DOCUMENTS.")
        return PersistedDocuments(registered)
    trusted = _manifest(path)
    for name, text in trusted.items():
        _check(name, text, schema)
    texts = frozenset(trusted.values())
    return PersistedDocuments(registered, trusted, texts if only else None, {text: _operations(text) for text in texts})


def _manifest(path: Path) -> dict[str, str]:
    """Documents by id, from `{id: text}` as Relay and GraphQL Code Generator write it, or from Apollo's format."""
    try:
        content = orjson.loads(path.read_bytes())
        if isinstance(content, dict) and content.get("format") == "apollo-persisted-query-manifest":
            content = {operation["id"]: operation["body"] for operation in content["operations"]}
        if not all(isinstance(text, str) for text in content.values()):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise SetupError(
            "The file that REGULARS_GRAPHQL_DOCUMENTS names is no manifest of documents.",
            hint='Write {"id": "query …"}.',
        ) from None
    return content


def _operations(text: str) -> frozenset[str]:
    nodes = (node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode))
    return frozenset(node.name.value for node in nodes if node.name)


def _check(name: str, text: str, schema: Schema) -> None:
    core = schema._schema  # pyright: ignore[reportPrivateUsage]
    try:
        errors = validate(core, parse(text), [*specified_rules, BoundedDocument])
    except GraphQLError as error:
        errors = [error]
    if errors:
        raise SetupError(f"The trusted document {name} cannot run: {errors[0].message}", hint="Make the manifest anew.")
