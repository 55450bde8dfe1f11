"""`/metrics` for Prometheus: requests and their time by route, never by path, since a path may hold what was typed."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import Authenticate
from api.intake import error_response
from resolvers.caller import METRICS_READ


class Metrics:
    """One registry per application, so that two in one process do not add up."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("regulars_requests", "Requests.", ("route", "status"), registry=self.registry)
        self._seconds = Histogram("regulars_request_seconds", "Time to answer.", ("route",), registry=self.registry)

    def middleware(self, app: ASGIApp) -> ASGIApp:
        async def measured(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            status, started = 500, time.perf_counter()

            async def watch(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                await send(message)

            try:
                await app(scope, receive, watch)
            finally:
                route = getattr(scope.get("route"), "path", "none")
                self._requests.labels(route, str(status)).inc()
                self._seconds.labels(route).observe(time.perf_counter() - started)

        return measured

    def route(self, authenticate: Authenticate) -> Route:
        async def metrics(request: Request) -> Response:
            try:
                (await authenticate(request)).require(METRICS_READ)
            except Exception as error:
                return error_response(error)
            return Response(generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

        return Route("/metrics", metrics)
