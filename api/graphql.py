"""`/graphql`, by the GraphQL over HTTP specification: POST, GET for queries, and an explorer outside production.

Nothing of a document or its variables reaches a log: only its name and hash.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from strawberry.http.ides import get_graphql_ide_html
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from api.graphql_response import answered, refused
from api.media import JSON, answer_type, wants_html
from api.operation import Operation, read_operation
from domain.errors import MethodNotAllowed, Unavailable
from domain.settings import Settings
from ingest.commit import Committer
from resolvers.caller import Caller
from resolvers.context import Context
from resolvers.errors import cause, codes, formatted
from resolvers.fast import FastPath
from resolvers.schema import Schema, make_schema

_METHODS = ("GET", "POST")
_READS = frozenset((OperationType.QUERY,))
_ALL = frozenset(OperationType)
_NAME = re.compile("[_A-Za-z][_0-9A-Za-z]{0,63}")
_log = structlog.get_logger("regulars.graphql")


def graphql_routes(
    settings: Settings,
    committer: Committer,
    authenticate: Callable[[Request], Caller],
) -> list[BaseRoute]:
    production = settings.environment == "production"
    schema = make_schema(production=production)
    service = _Service(schema, FastPath(schema), suggestions=not production)

    async def execute(request: Request) -> Response:
        if not production and request.method == "GET" and _for_a_browser(request):
            return HTMLResponse(get_graphql_ide_html(graphql_ide="graphiql"))
        media, request_id = JSON, secrets.token_hex(8)
        try:
            media = answer_type(request.headers.get("accept"))
            if request.method not in _METHODS:
                raise MethodNotAllowed("GraphQL is asked by GET or POST.", allow=_METHODS)
            caller = authenticate(request)
            operation = await read_operation(request, settings.body_timeout_s)
            return await _answer(service, operation, Context(committer, settings, caller, request_id), media)
        except Exception as error:
            return refused(error, media)

    return [Route("/graphql", execute, methods=[*_METHODS, "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])]


@dataclass(frozen=True, slots=True)
class _Service:
    schema: Schema
    fast: FastPath
    suggestions: bool


def _for_a_browser(request: Request) -> bool:
    return "query" not in request.query_params and wants_html(request.headers.get("accept"))


async def _answer(service: _Service, operation: Operation, context: Context, media: str) -> Response:
    started = time.perf_counter()
    result = await _executed(service, operation, context)
    executed = not _never_executed(result)
    errors = [
        formatted(error, request_id=context.request_id, suggestions=service.suggestions)
        for error in result.errors or ()
    ]
    answer: dict[str, Any] = {"data": result.data} if executed else {}
    if errors:
        answer["errors"] = errors
    _log.info(
        "graphql",
        operation=_loggable(operation.name),
        document=hashlib.sha256(operation.query.encode("utf-8", "replace")).hexdigest()[:16],
        ms=round(1000 * (time.perf_counter() - started), 1),
        request_id=context.request_id,
        caller=context.caller.name,
        codes=codes(errors),
    )
    if any(isinstance(cause(error), Unavailable) for error in result.errors or ()):
        return answered(answer, media, status=503, headers={"Retry-After": "1"})
    return answered(answer, media, status=200 if executed or media == JSON else 400)


async def _executed(service: _Service, operation: Operation, context: Context) -> ExecutionResult:
    text, name, variables = operation.query, operation.name, operation.variables
    result = await service.fast.execute(text, name, variables, context)
    if result is not None:
        return result
    try:
        result = await service.schema.execute(
            text,
            variable_values=dict(variables) if variables else None,
            context_value=context,
            operation_name=name,
            allowed_operation_types=_READS if operation.safe else _ALL,
        )
    except InvalidOperationTypeError:
        raise MethodNotAllowed("Only queries are answered by GET.", allow=("POST",), hint="Send it by POST.") from None
    if not _never_executed(result):
        service.fast.learn(text, name)
    return result


def _loggable(name: str | None) -> str | None:
    """An operation's name if it is one: what else stands in its place was typed by somebody."""
    return name if name is None or _NAME.fullmatch(name) else "-"


def _never_executed(result: ExecutionResult) -> bool:
    """Whether parsing, validation or the variables failed: an executed operation's errors tell their path."""
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
