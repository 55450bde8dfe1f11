"""Subscriptions over the wire: event streams (SSE) and the graphql-transport-ws protocol, and nothing else.

Queries and mutations have bounds of their own in `api.graphql.endpoint`; a stream would bypass them.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from api.auth.authenticate import Authenticate
from api.errors import public_error
from api.graphql.persisted_documents import PersistedDocuments
from api.graphql.request import Operation, parse_operation
from api.graphql.response import envelope, shown
from domain.errors import InvalidInput, NotAuthenticated, Overloaded, RegularsError
from graph.store import request_scope
from resolvers.access.audit_trail import purpose
from resolvers.access.caller import Caller
from resolvers.context import Context
from resolvers.kit.graphql_errors import cause
from resolvers.schema import Schema

MAX_SUBSCRIPTIONS = 20
"""Subscriptions on one WebSocket; above that it is closed with code 4429."""
MAX_EARLY = 3
"""Messages on a WebSocket before the key (`connection_init`); above that it is closed with code 4401."""
_ONLY = frozenset((OperationType.SUBSCRIPTION,))
_BEAT_S = 15.0
_INIT_WITHIN_S = 10.0
_HEADERS = ("authorization", "x-api-key", "x-purpose")


@dataclass(slots=True)
class Streams:
    """The streams of one process; one caller may have `most` of them open at once."""

    schema: Schema
    documents: PersistedDocuments
    context: Callable[[Caller, str | None], Context]
    authenticate: Authenticate
    most: int
    detailed: bool
    origins: list[str] = field(default_factory=list[str])
    open: Counter[str] = field(default_factory=Counter[str])

    def check(self, caller: Caller) -> None:
        """Raises Overloaded where the caller has no room for one more."""
        if self.open[caller.name] >= self.most:
            raise Overloaded("You have as many streams open as you are allowed.", hint="Close one first.")

    @contextmanager
    def counted(self, caller: Caller) -> Generator[None]:
        self.check(caller)
        self.open[caller.name] += 1
        try:
            yield
        finally:
            self.open[caller.name] -= 1
            if not self.open[caller.name]:
                del self.open[caller.name]

    async def results(self, operation: Operation, request: Request) -> AsyncGenerator[tuple[bool, dict[str, Any]]]:
        """Each answer of a subscription, and whether it was executed at all.

        Raises NotAuthenticated at the first answer after the caller lost its rights: a stream may outlive the token or
        key that opened it.
        """
        caller = await self.authenticate(request)
        context = self.context(caller, purpose(request.headers.get("x-purpose")))
        async with aclosing(self._executed(operation, context)) as results:
            async for result in results:
                if await self.authenticate(request) != caller:
                    raise NotAuthenticated("What you may do has changed.", hint="Open the stream again.")
                await context.trail.reads(caller)
                result.errors = [_explained(error) for error in result.errors] if result.errors else None
                executed = not isinstance(result, PreExecutionError)
                yield executed, self._shown(result, context, executed=executed)

    async def _executed(self, operation: Operation, context: Context) -> AsyncGenerator[ExecutionResult]:
        """The schema's answers. An exception, such as that of a document that cannot be parsed, becomes an answer too:
        raised from here it would only reach the server's log, together with the document."""
        try:
            stream: Any = await self.schema.stream(
                operation.query,
                variable_values=dict(operation.variables) if operation.variables else None,
                context_value=context,
                operation_name=operation.name,
                allowed_operation_types=_ONLY,
            )
            async with aclosing(stream):
                async for result in stream:
                    yield result
        except Exception as error:
            shown_error = error if isinstance(error, GraphQLError) else GraphQLError("", original_error=error)
            yield PreExecutionError(None, [shown_error])

    def _shown(self, result: ExecutionResult, context: Context, *, executed: bool) -> dict[str, Any]:
        return envelope(result, context, detailed=self.detailed, executed=executed)

    def events(self, operation: Operation, caller: Caller, request: Request) -> Response:
        """An event stream of the protocol graphql-sse, distinct connections. Raises Overloaded."""
        self.check(caller)
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(
            self._events(operation, caller, request), headers=headers, media_type="text/event-stream"
        )

    async def _events(self, operation: Operation, caller: Caller, request: Request) -> AsyncGenerator[bytes]:
        yield b":\n\n"
        with self.counted(caller):
            async with aclosing(self.results(operation, request)) as results:
                upcoming = asyncio.ensure_future(anext(results, None))
                try:
                    while True:
                        done, _ = await asyncio.wait({upcoming}, timeout=_BEAT_S)
                        if not done:
                            yield b":\n\n"  # so that no proxy takes the silence for the end
                            continue
                        try:
                            result = upcoming.result()
                        except Exception as error:
                            yield _event({"errors": [shown(public_error(error))]})
                            break
                        if result is None:
                            break
                        yield _event(result[1])
                        upcoming = asyncio.ensure_future(anext(results, None))
                finally:
                    upcoming.cancel()
                    await asyncio.wait({upcoming})
            yield b"event: complete\ndata:\n\n"

    def socket(self) -> Any:
        """The ASGI application of WebSockets."""
        view = _View(
            self.schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=timedelta(seconds=_INIT_WITHIN_S),
            max_subscriptions_per_connection=MAX_SUBSCRIPTIONS,
            allowed_origins=self.origins,
        )
        view.streams = self
        return view


def _event(answer: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"


def _explained(error: GraphQLError) -> GraphQLError:
    if isinstance(cause(error), InvalidOperationTypeError):
        only = InvalidInput("Only subscriptions are streamed.", hint="Send queries and mutations by POST.")
        return GraphQLError(only.message, original_error=only)
    return error


class _Handler(BaseGraphQLTransportWSHandler[Any, Any]):
    """One connection. Its key comes with connection_init and is checked again at each subscription."""

    view: Any
    caller: Caller | None = None
    room: Any = None
    early: int = 0

    async def _authenticated(self) -> Caller:
        return await self.view.streams.authenticate(self.context["request"])

    async def handle_message(self, message: Any) -> None:
        if not isinstance(message, dict):
            await self.handle_invalid_message("A message is an object")
            return
        if not self.connection_init_received:
            self.early += 1
            if self.early > MAX_EARLY:
                await self.websocket.close(4401, "Unauthorized")
                return
        await super().handle_message(message)  # pyright: ignore[reportArgumentType]

    async def handle_connection_init(self, message: Any) -> None:
        payload = message.get("payload") or {}
        if not self.connection_init_received and isinstance(payload, dict):
            self.context["request"] = _request_of(payload, self.context["request"])
            try:
                self.caller = await self._authenticated()
                self.room = self.view.streams.counted(self.caller)
                self.room.__enter__()
            except Overloaded as error:
                self.room = None
                await self.websocket.close(4429, error.message)
                return
            except RegularsError:
                await self.websocket.close(4403, "Forbidden")
                return
        await super().handle_connection_init(message | {"payload": payload})

    async def shutdown(self) -> None:
        try:
            await super().shutdown()
        finally:
            if self.room is not None:
                self.room.__exit__(None, None, None)
                self.room = None

    async def handle_subscribe(self, message: Any) -> None:
        payload, name = message["payload"], message["id"]
        if not isinstance(payload, dict) or not isinstance(name, str) or not name:
            await self.handle_invalid_message("A subscription has an id and a payload")
            return
        if self.connection_acknowledged and name not in self.operations:
            try:
                opened = await self.view.streams.documents.opened(parse_operation(payload))
            except Exception as error:
                await self.send_message({"id": name, "type": "error", "payload": [shown(public_error(error))]})  # pyright: ignore
                return
            payload = {"query": opened.query, "variables": opened.variables, "operationName": opened.name}
        else:
            payload = {"query": ""}  # refused by the protocol itself
        await super().handle_subscribe({"id": name, "type": "subscribe", "payload": payload})  # pyright: ignore

    async def run_operation(self, operation: Any) -> None:
        with request_scope.request(secrets.token_hex(8)):  # each operation of a connection has its own id
            await self._run(operation)

    async def _run(self, operation: Any) -> None:
        streams: Streams = self.view.streams
        try:
            sent = Operation(operation.query, operation.operation_name, operation.variables)
            async with aclosing(streams.results(sent, self.context["request"])) as results:
                async for executed, answer in results:
                    if not executed:
                        errors = {"id": operation.id, "type": "error", "payload": answer["errors"]}
                        await operation.send_operation_message(errors)
                        return
                    await operation.send_operation_message({"id": operation.id, "type": "next", "payload": answer})
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except NotAuthenticated:
            await self.websocket.close(4403, "Forbidden")
        except Exception as error:
            errors = {"id": operation.id, "type": "error", "payload": [shown(public_error(error))]}
            await operation.send_operation_message(errors)


class _View(GraphQL[Any, Any]):
    """Strawberry's WebSocket view, with a handler for this service's keys, bounds and errors."""

    streams: Streams
    graphql_transport_ws_handler_class = _Handler  # pyright: ignore[reportAssignmentType]

    async def get_context(self, request: Any, response: Any) -> Any:
        return {"request": request}

    def decode_json(self, data: str | bytes) -> object:
        """Raises JSONDecodeError also where it is nested deeply: `json` would raise RecursionError."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()


def _request_of(payload: Mapping[str, Any], socket: WebSocket) -> Request:
    """A request whose headers come from the payload of connection_init, to be authenticated like any other request."""
    fields = {str(name).lower(): value for name, value in payload.items() if isinstance(value, str)}
    headers = [(name.encode(), fields[name].encode()) for name in _HEADERS if name in fields]
    headers += [
        header for header in socket.scope["headers"] if header[0] == b"origin"
    ]  # set by the browser, not by the page
    return Request({**socket.scope, "type": "http", "method": "GET", "headers": headers})
