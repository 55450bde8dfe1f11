"""The ASGI application: GraphQL, intake, health, metrics and the guide for Neo4j Browser, behind one key."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from api import browser, health, intake, segment
from api.auth import authenticator
from api.graphql import graphql_routes
from api.metrics import Metrics
from domain.settings import Settings
from graph.database import Database
from ingest.sink import EventSink, RefusalStore
from matching.policy import Policies
from privacy.vault import Vault


def create_app(
    settings: Settings,
    *,
    database: Database,
    vault: Vault,
    policies: Policies,
    sink: EventSink,
    quarantine: RefusalStore,
    api_key: str,
) -> Starlette:
    """The application over parts that are already open; it opens and closes nothing itself."""
    authenticate = authenticator(api_key)
    routes: list[BaseRoute] = [
        *graphql_routes(settings, database, vault, policies, authenticate),
        *intake.routes(sink, quarantine, settings, authenticate),
        *segment.routes(sink, quarantine, settings, segment.write_keys(api_key)),
        *health.routes(database),
        *browser.routes(),
    ]
    metrics = Metrics()
    app = Starlette(routes=[*routes, metrics.route(authenticate)])
    app.add_middleware(metrics.middleware)
    return app
