"""Reads a GraphQL request from HTTP: checks its form and its bounds, and executes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from graphql import GraphQLError, OperationType, get_operation_ast, parse
from starlette.requests import Request

from api.graphql.content_types import require_json
from api.request_body import read_body
from domain.errors import InvalidInput, TooLarge
from resolvers.bounds.limits import MAX_TOKENS

MAX_BODY = 64 * 1024
"""Size of a body, also after unpacking from gzip, and of a message on a WebSocket."""
MAX_ADDRESS = 16 * 1024
"""Size of the query in an address (GET)."""
_FIELDS = frozenset(("query", "documentId", "operationName", "variables", "extensions"))
_SHA256 = re.compile("[0-9a-f]{64}")
_OBJECTS = ("variables", "extensions")
_FORM = 'Send {"query": "…", "variables": {…}}.'


@dataclass(frozen=True, slots=True)
class Operation:
    """What to run: a document, or the id of one. `safe`: it came by GET, so it may only read."""

    query: str = ""
    name: str | None = None
    variables: Mapping[str, Any] | None = None
    safe: bool = False
    document_id: str | None = None
    sha256: str | None = None

    def subscribes(self) -> bool:
        """Whether it is a subscription. False where the document cannot be read: whoever runs it says why."""
        if OperationType.SUBSCRIPTION.value not in self.query:
            return False
        try:
            document = parse(self.query, no_location=True, max_tokens=MAX_TOKENS)
        except (GraphQLError, RecursionError):
            return False
        wanted = get_operation_ast(document, self.name)
        return wanted is not None and wanted.operation is OperationType.SUBSCRIPTION


async def read_operation(request: Request, within: float) -> Operation:
    """The operation of a GET or POST request, whose body must arrive `within` seconds.

    Raises InvalidInput, TooLarge, TooSlow, UnsupportedMediaType.
    """
    if request.method == "GET":
        return parse_operation(_from_url(request.scope["query_string"]), safe=True)
    require_json(request.headers.get("content-type"))
    return parse_operation(_from_body(await read_body(request, MAX_BODY, within)))


def _from_body(body: bytes) -> dict[str, Any]:
    content = _loaded(body, "The body is not JSON.")
    if isinstance(content, list):
        raise InvalidInput("Several operations in one request are not supported.", hint="Send one request for each.")
    if not isinstance(content, dict):
        raise InvalidInput("The body is no object.", hint=_FORM)
    return content


def _from_url(query: bytes) -> dict[str, Any]:
    if len(query) > MAX_ADDRESS:
        raise TooLarge(f"The address is longer than {MAX_ADDRESS} bytes.", hint="Send it by POST.")
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise InvalidInput("The address is not form-encoded.") from None
    content: dict[str, Any] = {}
    for name, value in pairs:
        if name not in _FIELDS:
            continue
        if name in content:
            raise InvalidInput(f"`{name}` is given twice.")
        if value:
            content[name] = _loaded(value.encode(), f"`{name}` is not JSON.") if name in _OBJECTS else value
    return content


def parse_operation(content: Mapping[str, Any], *, safe: bool = False) -> Operation:
    """The operation of a request's object. Raises InvalidInput."""
    for name in _OBJECTS:
        if not isinstance(content.get(name), dict | None):
            raise InvalidInput(f"`{name}` is no object.")
    query, name, document_id = (_text(content, field) for field in ("query", "operationName", "documentId"))
    sha256 = _sha256(content.get("extensions"))
    if document_id is not None and (query is not None or sha256 is not None):
        raise InvalidInput("`documentId` replaces `query`.", hint="Send one of them.")
    if query is None and document_id is None and sha256 is None:
        raise InvalidInput("The request has no `query`.", hint=_FORM)
    return Operation(query or "", name, content.get("variables") or None, safe, document_id, sha256)


def _text(content: Mapping[str, Any], field: str) -> str | None:
    value = content.get(field)
    if not isinstance(value, str | None):
        raise InvalidInput(f"`{field}` is no text.")
    return value or None


def _sha256(extensions: Mapping[str, Any] | None) -> str | None:
    """The hash of an automatic persisted query."""
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    sha256 = persisted.get("sha256Hash") if isinstance(persisted, dict) and persisted.get("version") == 1 else None
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise InvalidInput("`persistedQuery` holds no `sha256Hash` of version 1.")
    return sha256


def _loaded(text: bytes, otherwise: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidInput(otherwise, hint=_FORM) from None
