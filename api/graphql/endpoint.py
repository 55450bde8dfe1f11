"""`/graphql`, by the GraphQL over HTTP specification: POST, GET for queries, and an explorer outside production.

No log holds a document or its variables: only the operation's name and the document's hash.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from api.auth.authenticate import Authenticate
from api.errors import error_headers
from api.graphql import graphiql
from api.graphql.content_types import JSON, EventStream, answer_type, event_stream
from api.graphql.etags import conditional
from api.graphql.persisted_documents import PersistedDocuments, persisted_documents
from api.graphql.request import Operation, read_operation
from api.graphql.response import answered, envelope, refused
from api.graphql.subscription_streams import Streams
from api.ops.metrics import Metrics, Watched
from api.origins import allowed_origins, check_page, cross_origin
from api.shared_state import SharedState, in_memory
from domain.errors import (
    HTTP_STATUS,
    InvalidInput,
    MethodNotAllowed,
    Overloaded,
    RegularsError,
    SetupError,
    Throttled,
    TimedOut,
    TooLarge,
    Unavailable,
    UnreadableValue,
)
from domain.log import logger
from domain.settings import Settings
from graph.store import request_scope, tracing
from identity.parts import IdentityParts
from ingest.delivery import EventSink
from privacy.audit_log import AuditLog
from resolvers.access.audit_trail import AuditTrail, purpose
from resolvers.access.caller import Caller
from resolvers.bounds.budget import Budget
from resolvers.bounds.lookups import Lookups
from resolvers.context import Context
from resolvers.fast.path import FastPath
from resolvers.feeds import Feeds
from resolvers.kit.graphql_errors import cause, codes
from resolvers.schema import Schema, make_schema

_METHODS = ("GET", "POST")
_READS = frozenset((OperationType.QUERY,))
_ALL = frozenset((OperationType.QUERY, OperationType.MUTATION))
_NAME = re.compile("(?!.*[0-9](?:_?[0-9]){6})[_A-Za-z][_0-9A-Za-z]{0,63}")
_log = logger("regulars.graphql")


def graphql_routes(
    settings: Settings,
    parts: IdentityParts,
    authenticate: Authenticate,
    shared: SharedState | None = None,
    audit: AuditLog | None = None,
    metrics: Metrics | None = None,
    sink: EventSink | None = None,
) -> list[BaseRoute]:
    production = settings.environment == "production"
    schema = make_schema(production=production)
    shared = shared or in_memory(settings)
    persisted = persisted_documents(settings, schema, shared.registered)
    metrics = metrics or Metrics()
    live = Feeds(parts.database, settings.feed_every_s, settings.currency)
    metrics.watch(Watched(live=live))

    audit = audit or AuditLog(parts.database, parts.vault)
    lookups = Lookups(audit, shared.misses)

    def context_of(caller: Caller, why: str | None = None) -> Context:
        meter, id_ = (
            Budget(caller.name, shared.bucket, settings.graphql_max_cost),
            request_scope.current_request() or secrets.token_hex(8),
        )
        trail = AuditTrail(audit, id_, why)
        return Context(parts, settings, caller, id_, meter=meter, live=live, trail=trail, sink=sink, lookups=lookups)

    async def authenticate_page(request: Request) -> Caller:
        caller = await authenticate(request)
        check_page(caller, request.headers.get("origin"), settings)
        return caller

    streams = Streams(
        schema,
        persisted,
        context_of,
        authenticate_page,
        settings.graphql_streams,
        detailed=not production,
        origins=allowed_origins(settings),
    )

    endpoint = _Endpoint(schema, FastPath(schema), settings, metrics, persisted, authenticate_page, context_of, streams)
    return [
        Route("/graphql", endpoint, middleware=[cross_origin(settings, _METHODS)]),
        WebSocketRoute("/graphql", streams.socket()),
    ]


class _Request(Request):
    """A request whose headers are parsed once, as they are read many times; of two equal names the first counts."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._headers: Any = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in reversed(scope["headers"])
        }


@dataclass(slots=True)
class _Endpoint:
    """An ASGI application for one address. `running` counts the operations in progress."""

    schema: Schema
    fast: FastPath
    settings: Settings
    metrics: Metrics
    documents: PersistedDocuments
    authenticate: Authenticate
    context_of: Callable[[Caller, str | None], Context]
    streams: Streams
    running: int = 0

    @property
    def detailed(self) -> bool:
        return self.settings.environment != "production"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._response(_Request(scope, receive))
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        if self.detailed and graphiql.wanted(request):
            return graphiql.page()
        accept, media = request.headers.get("accept"), JSON
        try:
            stream = event_stream(accept)
            media = JSON if stream is EventStream.ALWAYS else answer_type(accept)
            if request.method not in _METHODS:
                raise MethodNotAllowed("GraphQL answers GET and POST.", allow=_METHODS)
            caller, why = await self.authenticate(request), purpose(request.headers.get("x-purpose"))
            operation = await self.documents.opened(await read_operation(request, self.settings.body_timeout_s))
            if stream is EventStream.ALWAYS or (stream is EventStream.OF_SUBSCRIPTIONS and operation.subscribes()):
                return self.streams.events(operation, caller, request)
            context = self.context_of(caller, why)
            started = time.perf_counter()
            try:
                return await self._served(operation, context, media, request.headers.get("if-none-match"))
            finally:
                self.metrics.operated(self.documents.label(operation), context.meter, time.perf_counter() - started)
        except Exception as error:
            return refused(error, media)

    async def _served(self, operation: Operation, context: Context, media: str, tags: str | None) -> Response:
        """The answer within the time of a request. Raises TimedOut, and Unavailable where too many run already."""
        if self.running >= self.settings.graphql_at_once:
            raise Unavailable("The service runs as many requests as it can.", hint="Send it again after a pause.")
        most = self.settings.graphql_timeout_s
        self.running += 1
        try:
            async with asyncio.timeout(most):
                with request_scope.within(most):
                    return await self._answer(operation, context, media, tags)
        except TimeoutError:
            raise TimedOut(f"This took longer than {most:g} seconds.", hint="Ask for less at once.") from None
        finally:
            self.running -= 1

    async def _answer(self, operation: Operation, context: Context, media: str, tags: str | None) -> Response:
        started = time.perf_counter()
        result = await self._executed(operation, context)
        await context.trail.reads(context.caller)
        executed = not _never_executed(result)
        answer = envelope(result, context, detailed=self.detailed, executed=executed)
        name, failed = _loggable(operation.name), codes(answer.get("errors", ()))
        tracing.add_attributes(operation=name, cost=context.meter.cost, codes=" ".join(failed) or None)
        _log.info(
            "graphql",
            operation=name,
            document=hashlib.sha256(operation.query.encode("utf-8", "replace")).hexdigest()[:16],
            ms=round(1000 * (time.perf_counter() - started), 1),
            caller=context.caller.name,
            cost=context.meter.cost,
            codes=failed,
        )
        for error in result.errors or ():
            match cause(error):
                case UnreadableValue():
                    pass  # of that field alone: another try gives the same
                case SetupError():
                    waits = Unavailable("")
                    return answered(answer, media, status=HTTP_STATUS[waits.code], headers=error_headers(waits))
                case Unavailable() | Overloaded() as waits:
                    return answered(answer, media, status=HTTP_STATUS[waits.code], headers=error_headers(waits))
                case _:
                    pass
        response = answered(answer, media, status=200 if executed or media == JSON else 400)
        if operation.safe and operation.document_id is not None and executed and not result.errors:
            return conditional(response, result.data, media, tags)
        return response

    async def _executed(self, operation: Operation, context: Context) -> ExecutionResult:
        text, name, variables = operation.query, operation.name, operation.variables
        try:
            result = await self.fast.execute(text, name, variables, context)
        except (Throttled, TooLarge) as error:
            return _refusal(error)
        self.metrics.planned(result is not None)
        if result is not None:
            return result
        try:
            result = await self.schema.execute(
                text,
                variable_values=dict(variables) if variables else None,
                context_value=context,
                operation_name=name,
                allowed_operation_types=_READS if operation.safe else _ALL,
            )
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                return _refusal(InvalidInput("A subscription is streamed.", hint="Accept `text/event-stream`."))
            raise MethodNotAllowed("GET answers queries only.", allow=("POST",), hint="Send it by POST.") from None
        if not _never_executed(result):
            self.fast.learn(text, name)
        return result


def _refusal(error: RegularsError) -> ExecutionResult:
    return ExecutionResult(None, [GraphQLError(error.message, original_error=error)])


def _loggable(name: str | None) -> str | None:
    """An operation's name if it is a valid one: any other text may hold what somebody typed."""
    return name if name is None or _NAME.fullmatch(name) else "-"


def _never_executed(result: ExecutionResult) -> bool:
    """Whether parsing, validation or the variables failed: errors of an executed operation have a path."""
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
