"""The ASGI application: GraphQL, intake, health, metrics and the guide for Neo4j Browser, behind one edge."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from api import browser, health, intake, openapi, segment
from api.auth import Known, authenticator
from api.edge import Edge
from api.graphql import graphql_routes
from api.intake import error_response
from api.keys import KeyRing
from api.metrics import Metrics, Watched
from api.shared import Shared, in_memory
from domain.errors import NotFound
from domain.settings import Settings
from graph.service_keys import ServiceKeys
from identity.parts import IdentityParts
from ingest.delivery import EventSink, RefusalStore
from privacy.audit_log import AuditLog


def create_app(
    settings: Settings,
    *,
    parts: IdentityParts,
    sink: EventSink,
    quarantine: RefusalStore,
    api_key: str,
    shared: Shared | None = None,
    tokens: Known | None = None,
) -> ASGIApp:
    """The application over parts that are already open; it opens and closes nothing itself.

    `shared` is what requests of all processes share; without it, this process has its own memory for that.
    `tokens` knows the bearers of identity providers' tokens.
    """
    shared = shared or in_memory(settings)
    keys = KeyRing(ServiceKeys(parts.database), shared.keys, settings.key_cache_s)
    authenticate = authenticator(api_key, keys, *([tokens] if tokens else []))
    policies, audit = parts.policies, AuditLog(parts.database, parts.vault)
    metrics = Metrics()
    metrics.watch(Watched(parts=parts, sink=sink, caches={"documents": shared.registered, "keys": shared.keys}))
    asked = graphql_routes(settings, parts, authenticate, shared, audit, metrics, sink)
    others: list[BaseRoute] = [
        *intake.routes(sink, quarantine, settings, authenticate, policies, audit),
        *segment.routes(sink, quarantine, settings, segment.write_keys(api_key, keys), policies, audit),
        *health.routes(parts.database),
        *browser.routes(),
        *openapi.routes(),
    ]
    routes = [*asked, *others, metrics.route(authenticate)]
    return Edge(
        Router(routes, default=_nothing),
        {route.path: route.app for route in asked if isinstance(route, Route)},
        metrics.answered,
    )


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose()(scope, receive, send)
        return
    nothing = NotFound("There is nothing at this address.", hint="GraphQL is at /graphql, the intake at /v1/events.")
    await error_response(nothing)(scope, receive, send)
