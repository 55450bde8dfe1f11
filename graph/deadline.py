"""How long what is being served may still take: Neo4j is given it with each query, so none outlives its request."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context

_LEAST_S = 0.05  # Neo4j takes 0 for "as long as it pleases"
_until: ContextVar[float | None] = ContextVar("until", default=None)


@contextmanager
def within(seconds: float) -> Generator[None]:
    """Queries inside are given what is left of `seconds`."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


def allowed(most: float) -> float:
    """The seconds of a query that starts now: `most`, or what is left."""
    until = _until.get()
    return most if until is None else max(_LEAST_S, min(most, until - time.monotonic()))


def of_nobody() -> Context:
    """A context for work that serves several requests: none of them limits the others."""
    context = copy_context()
    context.run(_until.set, None)
    return context
