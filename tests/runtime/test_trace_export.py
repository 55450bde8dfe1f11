"""Traces as a collector gets them, over OTLP: requests with their statements below them, and nobody's data.

Tests graph.store.tracing too.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from api.app import create_app
from domain.settings import Settings
from runtime.trace_export import traced
from tests.api.serving import KEY, NoStore, served
from tests.kit.building import parts_of
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import EMAIL, PRIVATE, Story
from tests.kit.waiting import LONG_S

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
PROFILE = "query Profile($email: String!) { customer(by: {email: $email}) { number name } }"


class Collector:
    """A collector's own protocol, and no more of it than taking what is sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def spans(self) -> list[Any]:
        requests = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [
            span
            for request in requests
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Generator[Collector]:
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever)
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{collector.server.server_port}")
    try:
        yield collector
    finally:
        collector.server.shutdown()
        collector.server.server_close()
        thread.join()


def attributes(span: Any) -> dict[str, Any]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@pytest.mark.neo4j
async def test_a_request_and_its_statements_are_one_trace_that_names_nobody(story: Story, collector: Collector) -> None:
    app = create_app(story.settings, parts=story.parts, sink=MemorySink(), quarantine=MemoryStore(), api_key=KEY)
    headers = {"x-api-key": KEY, "traceparent": f"00-{TRACE}-{PARENT}-01"}
    with traced():
        async with served(app) as url, httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S) as client:
            body = {"operationName": "Profile", "query": PROFILE, "variables": {"email": EMAIL}}
            answer = await client.post("/graphql", json=body)
            assert answer.json()["data"]["customer"]["name"] == "Ann Smith"
            await client.get(f"/nothing/{EMAIL}", params={"who": EMAIL})
            await client.post("/v1/events", content=b"[]")
    spans = {span.name: span for span in collector.spans()}
    request, statement = spans["POST /graphql"], spans["profile"]
    assert request.trace_id.hex() == statement.trace_id.hex() == TRACE
    assert (request.parent_span_id.hex(), statement.parent_span_id) == (PARENT, request.span_id)
    known = attributes(request)
    assert (known["http.route"], known["http.response.status_code"]) == ("/graphql", 200)
    assert (known["graphql.operation"], known["graphql.cost"]) == ("Profile", 1)
    assert known["regulars.request"] == answer.headers["x-request-id"] == attributes(statement)["regulars.request"]
    assert attributes(statement)["db.system.name"] == "neo4j"
    assert "GET none" in spans
    sent = b"".join(collector.bodies).decode("latin-1")
    assert [word for word in (*PRIVATE, KEY) if word in sent] == []


@pytest.mark.neo4j
async def test_a_fault_is_told_by_its_kind_alone(story: Story, collector: Collector) -> None:
    with traced(), pytest.raises(Exception, match=r"(?i)text cannot be parsed|invalid"):
        await story.database.read_text("RETURN date($mail) AS day", operation="broken", mail=EMAIL)
    [span] = [span for span in collector.spans() if span.name == "broken"]
    assert "Error" in attributes(span)["error.type"]
    assert (span.status.code, span.status.message, list(span.events)) == (2, "", [])
    assert EMAIL.encode() not in b"".join(collector.bodies)


async def test_without_a_collector_nothing_is_traced(monkeypatch: pytest.MonkeyPatch, collector: Collector) -> None:
    for change in ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, {"OTEL_SDK_DISABLED": "true"}):
        with monkeypatch.context() as patch:
            for name, value in change.items():
                patch.setenv(name, value)
            app = create_app(
                Settings(),  # pyright: ignore[reportCallIssue]
                parts=parts_of(NoStore()),
                sink=MemorySink(),
                quarantine=MemoryStore(),
                api_key=KEY,
            )
            with traced():
                async with served(app) as url, httpx.AsyncClient(base_url=url) as client:
                    assert (await client.get("/health/live")).status_code == 200
    assert collector.bodies == []
