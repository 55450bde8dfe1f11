"""A GraphQL request as HTTP brought it: well-formed, within its bounds, and nothing of it executed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request

from api.body import read_body
from api.media import require_json
from domain.errors import InvalidInput, TooLarge

MAX_BODY = 64 * 1024
MAX_ADDRESS = 16 * 1024
_FIELDS = frozenset(("query", "operationName", "variables", "extensions"))
_OBJECTS = ("variables", "extensions")
_FORM = 'Send {"query": "…", "variables": {…}}.'


@dataclass(frozen=True, slots=True)
class Operation:
    """What is to be run. `safe`: it came by GET, so it may only read."""

    query: str
    name: str | None = None
    variables: Mapping[str, Any] | None = None
    safe: bool = False


async def read_operation(request: Request, within: float) -> Operation:
    """The operation of a GET or POST request, whose body is here `within` seconds.

    Raises InvalidInput, TooLarge, TooSlow, UnsupportedMediaType.
    """
    if request.method == "GET":
        return _operation(_of_url(request.scope["query_string"]), safe=True)
    require_json(request.headers.get("content-type"))
    return _operation(_of_body(await read_body(request, MAX_BODY, within)))


def _of_body(body: bytes) -> dict[str, Any]:
    content = _loaded(body, "The body is not JSON.")
    if isinstance(content, list):
        raise InvalidInput("Several operations in one request are not served.", hint="Send one request for each.")
    if not isinstance(content, dict):
        raise InvalidInput("The body is no object.", hint=_FORM)
    return content


def _of_url(query: bytes) -> dict[str, Any]:
    if len(query) > MAX_ADDRESS:
        raise TooLarge(f"The address is longer than {MAX_ADDRESS} bytes.", hint="Send it by POST.")
    try:
        pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError:
        raise InvalidInput("The address is not encoded as a form is.") from None
    content: dict[str, Any] = {}
    for name, value in pairs:
        if name not in _FIELDS:
            continue
        if name in content:
            raise InvalidInput(f"`{name}` is given twice.")
        if value:
            content[name] = _loaded(value.encode(), f"`{name}` is not JSON.") if name in _OBJECTS else value
    return content


def _operation(content: Mapping[str, Any], *, safe: bool = False) -> Operation:
    for name in _OBJECTS:
        if not isinstance(content.get(name), dict | None):
            raise InvalidInput(f"`{name}` is no object.")
    name = content.get("operationName")
    if not isinstance(name, str | None):
        raise InvalidInput("`operationName` is no text.")
    query = content.get("query")
    if not isinstance(query, str) or not query:
        raise InvalidInput("The request has no `query`.", hint=_FORM)
    return Operation(query, name or None, content.get("variables") or None, safe)


def _loaded(text: bytes, otherwise: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidInput(otherwise, hint=_FORM) from None
