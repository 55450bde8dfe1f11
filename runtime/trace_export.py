"""Sends traces to the collector of the standard OpenTelemetry variables, such as `OTEL_EXPORTER_OTLP_ENDPOINT`."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

from domain.errors import SetupError
from graph.store import tracing

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@contextmanager
def traced() -> Generator[None]:
    """Traces inside the block, if the environment names a collector. Raises SetupError without the packages.

    The packages read all other settings themselves: `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER` and so on.
    """
    if (
        not any(os.environ.get(name) for name in _ENDPOINTS)
        or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    ):
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SetupError(
            "The environment asks for traces, and the packages for them are missing.",
            hint="Install regulars[traces], or unset OTEL_EXPORTER_OTLP_ENDPOINT.",
        ) from error
    name = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "regulars"}
    provider = TracerProvider(resource=Resource.create(name))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracing.start(provider.get_tracer("regulars"))
    try:
        yield
    finally:
        tracing.start(None)
        provider.shutdown()  # sends what is still queued
