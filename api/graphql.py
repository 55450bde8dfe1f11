"""`POST /graphql`, by the GraphQL over HTTP specification; `GET /graphql` is an explorer outside production.

A request that cannot be executed answers 400 without `data`, an executed one 200, for clients that accept
`application/graphql-response+json`. Nothing of a document or its variables reaches a log: only its name and hash.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from strawberry.http.ides import get_graphql_ide_html
from strawberry.types import ExecutionResult

from api.body import read_body
from api.intake import error_response, json_response
from domain.errors import InvalidInput, Unavailable
from domain.settings import Settings
from ingest.commit import Committer
from resolvers.caller import Caller
from resolvers.context import Context
from resolvers.errors import cause, codes, formatted
from resolvers.fast import FastPath
from resolvers.schema import Schema, make_schema

MAX_BODY = 64 * 1024
_RESPONSE = "application/graphql-response+json"
_NAME = re.compile("[_A-Za-z][_0-9A-Za-z]{0,63}")
_log = structlog.get_logger("regulars.graphql")


def graphql_routes(
    settings: Settings,
    committer: Committer,
    authenticate: Callable[[Request], Caller],
) -> list[BaseRoute]:
    production = settings.environment == "production"
    schema = make_schema(production=production)
    fast = FastPath(schema)

    async def execute(request: Request) -> Response:
        request_id = secrets.token_hex(8)
        try:
            caller = authenticate(request)
            content = _content(await read_body(request, MAX_BODY))
        except Exception as error:
            return error_response(error)
        context = Context(committer, settings, caller, request_id)
        return await _answer(schema, fast, content, context, request, suggestions=not production)

    async def explore(request: Request) -> Response:
        return HTMLResponse(get_graphql_ide_html(graphql_ide="graphiql"))

    routes: list[BaseRoute] = [Route("/graphql", execute, methods=["POST"])]
    if not production:
        routes.append(Route("/graphql", explore, methods=["GET"]))
    return routes


def _content(body: bytes) -> dict[str, Any]:
    """The well-formed request of a body. Raises InvalidInput."""
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InvalidInput("The body is not JSON.", hint='Send {"query": "…", "variables": {…}}.') from None
    if not isinstance(content, dict) or not isinstance(content.get("query"), str) or not content["query"]:
        raise InvalidInput("The body has no `query`.", hint='Send {"query": "…", "variables": {…}}.')
    if not isinstance(content.get("variables"), dict | None):
        raise InvalidInput("`variables` is no object.")
    if not isinstance(content.get("operationName"), str | None):
        raise InvalidInput("`operationName` is no text.")
    return content


async def _answer(
    schema: Schema, fast: FastPath, content: Mapping[str, Any], context: Context, request: Request, *, suggestions: bool
) -> Response:
    started = time.perf_counter()
    text, name, variables = content["query"], content.get("operationName") or None, content.get("variables") or None
    result = await fast.execute(text, name, variables, context)
    if result is None:
        result = await schema.execute(text, variable_values=variables, context_value=context, operation_name=name)
        if not _never_executed(result):
            fast.learn(text, name)
    executed = not _never_executed(result)
    errors = [formatted(error, request_id=context.request_id, suggestions=suggestions) for error in result.errors or ()]
    answer: dict[str, Any] = {"data": result.data} if executed else {}
    if errors:
        answer["errors"] = errors
    _log.info(
        "graphql",
        operation=_loggable(content.get("operationName")),
        document=hashlib.sha256(content["query"].encode("utf-8", "replace")).hexdigest()[:16],
        ms=round(1000 * (time.perf_counter() - started), 1),
        request_id=context.request_id,
        caller=context.caller.name,
        codes=codes(errors),
    )
    if any(isinstance(cause(error), Unavailable) for error in result.errors or ()):
        return json_response(503, answer, {"Retry-After": "1"})
    wants = request.headers.get("accept", "*/*")
    response = json_response(200 if executed or _RESPONSE not in wants else 400, answer)
    if _RESPONSE in wants:
        response.headers["Content-Type"] = f"{_RESPONSE}; charset=utf-8"
    return response


def _loggable(name: str | None) -> str | None:
    """An operation's name if it is one: what else stands in its place was typed by somebody."""
    return name if name is None or _NAME.fullmatch(name) else "-"


def _never_executed(result: ExecutionResult) -> bool:
    """Whether parsing, validation or the variables failed: an executed operation's errors tell their path."""
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
