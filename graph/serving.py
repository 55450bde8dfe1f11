"""What is being served: under which id Neo4j and the logs know it, and how long it may still take.

Neo4j is given both with each statement: none outlives its request, and each is found again by its id.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import Context, ContextVar, copy_context

_LEAST_S = 0.05  # Neo4j takes 0 for "as long as it pleases"
_MOST_NAMED = 8  # of the requests that share a statement
_until: ContextVar[float | None] = ContextVar("until", default=None)
_request: ContextVar[str | None] = ContextVar("request", default=None)


@contextmanager
def request(name: str) -> Generator[None]:
    """Statements and log lines inside are of this request."""
    token = _request.set(name)
    try:
        yield
    finally:
        _request.reset(token)


def served() -> str | None:
    """The id of the request being served, or several with commas between, if any."""
    return _request.get()


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


def of_all(requests: Iterable[str | None] = ()) -> Context:
    """A context for work that serves several requests: none of them limits the others, and all are told as its cause,
    the first eight at least."""
    context = copy_context()
    context.run(_until.set, None)
    names = list(dict.fromkeys(name for name in requests if name is not None))
    context.run(_request.set, ",".join(names[:_MOST_NAMED]) or None)
    return context
