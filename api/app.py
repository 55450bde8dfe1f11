"""The ASGI application: GraphQL, intake, health, metrics and the guide for Neo4j Browser, behind one edge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from api.auth.authenticate import CallerFinder, authenticator
from api.auth.key_ring import KeyRing
from api.auth.local_tokens import LocalTokens
from api.errors import error_response
from api.events import events_endpoint, segment_com_endpoint
from api.graphql import graphiql
from api.graphql.endpoint import graphql_routes
from api.http_edge import HttpEdge
from api.loyalty import offline_endpoint, toast_endpoint
from api.ops import neo4j_browser, openapi, process_health
from api.ops.metrics import Metrics, Watched
from api.shared_state import SharedState, in_memory
from domain.errors import MethodNotAllowed, NotFound
from domain.settings import Settings
from graph.service_keys import ServiceKeys
from identity.claims import ClaimsReader
from identity.parts import IdentityParts
from ingest.delivery import EventSink, RefusalStore
from privacy.audit_log import AuditLog
from runtime.background_work import BackgroundWork


def create_app(
    settings: Settings,
    *,
    parts: IdentityParts,
    sink: EventSink,
    quarantine: RefusalStore,
    api_key: str,
    shared: SharedState | None = None,
    tokens: CallerFinder | None = None,
    work: BackgroundWork | None = None,
) -> ASGIApp:
    """The application over parts that are already open; it opens and closes nothing itself.

    `shared` holds what the requests of all processes share; without it, this process keeps that in its own memory.
    `tokens` finds the callers of identity providers' tokens. `work` is what runs beside the requests, for its figures.
    """
    shared = shared or in_memory(settings)
    keys = KeyRing(ServiceKeys(parts.database), shared.keys, settings.key_cache_s)
    policies, audit = parts.policies, AuditLog(parts.database, parts.vault)
    reader = ClaimsReader(parts.vault, policies, settings.default_region)
    local = [LocalTokens(settings.state_dir, reader)] if settings.environment == "development" else []
    authenticate = authenticator(api_key, keys, *([tokens] if tokens else []), *local)
    metrics = Metrics()
    metrics.watch(
        Watched(parts=parts, sink=sink, caches={"documents": shared.registered, "keys": shared.keys}, work=work)
    )
    graphql = graphql_routes(settings, parts, authenticate, shared, audit, metrics, sink)
    other_routes: list[BaseRoute] = [
        *events_endpoint.routes(sink, quarantine, settings, authenticate, policies, audit, reader, shared.pages),
        *segment_com_endpoint.routes(
            sink, quarantine, settings, segment_com_endpoint.write_keys(api_key, keys), policies, audit, shared.pages
        ),
        *toast_endpoint.routes(sink, settings, authenticate, parts, shared, audit),
        *offline_endpoint.routes(settings, authenticate, parts, shared, audit),
        *process_health.routes(parts.database),
        *neo4j_browser.routes(),
        *openapi.routes(),
        *(graphiql.routes() if settings.environment == "development" else ()),
    ]
    other_routes.append(metrics.route(authenticate))
    routes = [*graphql, *other_routes, *_other_methods(other_routes)]
    return HttpEdge(
        Router(routes, default=_not_found, redirect_slashes=False),  # a redirect would name the caller's own Host
        {route.path: route.app for route in graphql if isinstance(route, Route)},
        metrics.answered,
    )


def _other_methods(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Routes behind all others: what they get was sent by a method that its address does not have."""
    by_path: dict[str, set[str]] = {}
    for route in routes:
        if isinstance(route, Route) and route.methods:
            by_path.setdefault(route.path, set()).update(route.methods)
    for path, methods in by_path.items():
        allowed = tuple(sorted(methods))
        error = MethodNotAllowed(f"This address answers {' and '.join(allowed)}.", allow=allowed)
        yield Route(path, error_response(error))


async def _not_found(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose()(scope, receive, send)
        return
    error = NotFound("There is nothing at this address.", hint="GraphQL is at /graphql, the intake at /v1/events.")
    await error_response(error)(scope, receive, send)
