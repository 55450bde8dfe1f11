"""Spans of OpenTelemetry: one for each request, one for each of its statements; none where no collector is set.

A span holds names, sizes and codes, and never an address, a document, a variable or a parameter: each may name a guest.
"""

from __future__ import annotations

from collections.abc import Generator, MutableMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode

from graph.store.request_scope import current_request

_FAULT = 500
_NOWHERE = nullcontext(trace.INVALID_SPAN)
_tracer: trace.Tracer | None = None


def start(tracer: trace.Tracer | None) -> None:
    """Sends spans to this tracer from now on; None: to no tracer."""
    global _tracer
    _tracer = tracer


def serving(method: str, scope: MutableMapping[str, Any]) -> AbstractContextManager[Span]:
    """The span of one request (an ASGI scope), below the caller's own where its headers name one (W3C Trace Context).

    Open it inside `request_scope.request`, which sets the request's id.
    """
    if _tracer is None:
        return _NOWHERE
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return _span(_tracer, method, SpanKind.SERVER, {"http.request.method": method}, propagate.extract(headers))


def answered(span: Span, method: str, route: str, status: int) -> None:
    """Adds route and status of the answer. `route` is the pattern of the address, never the address itself."""
    if span.is_recording():
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.route": route, "http.response.status_code": status})
        if status >= _FAULT:
            span.set_status(StatusCode.ERROR)


def add_attributes(**attributes: str | int | None) -> None:
    """Adds attributes to the span of the present GraphQL operation; None adds nothing."""
    if _tracer is not None:
        named = {f"graphql.{name}": value for name, value in attributes.items() if value is not None}
        trace.get_current_span().set_attributes(named)


def statement(name: str, database: str) -> AbstractContextManager[object]:
    """The span of one round trip to the store."""
    if _tracer is None:
        return _NOWHERE
    attributes = {"db.system.name": "neo4j", "db.namespace": database, "db.query.summary": name}
    return _span(_tracer, name, SpanKind.CLIENT, attributes)


@contextmanager
def _span(
    tracer: trace.Tracer, name: str, kind: SpanKind, attributes: dict[str, str], above: Context | None = None
) -> Generator[Span]:
    attributes["regulars.request"] = current_request() or ""
    with tracer.start_as_current_span(
        name, above, kind, attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except BaseException as error:
            # Its text may quote a parameter; its type does not.
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise
