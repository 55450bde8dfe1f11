"""What is being served: under which id Neo4j and the logs know it, and how long it may still take.

Neo4j is given both with each statement: none outlives its request, and each is found again by its id.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from contextvars import Context, ContextVar, copy_context
from typing import Generic, TypeVar

T = TypeVar("T")

_LEAST_S = 0.05  # Neo4j takes 0 for "as long as it pleases"
_MAX_NAMED = 8  # of the requests that share a statement
_until: ContextVar[float | None] = ContextVar("until", default=None)
_request: ContextVar[str | None] = ContextVar("request", default=None)


class _Set(Generic[T]):
    """Sets a variable for what stands inside. As a generator it would cost three times as much, at every request."""

    __slots__ = ("_token", "_value", "_variable")

    def __init__(self, variable: ContextVar[T], value: T) -> None:
        self._variable = variable
        self._value = value

    def __enter__(self) -> None:
        self._token = self._variable.set(self._value)

    def __exit__(self, *_: object) -> None:
        self._variable.reset(self._token)


def request(name: str) -> AbstractContextManager[None]:
    """Statements and log lines inside are of this request."""
    return _Set(_request, name)


def served() -> str | None:
    """The id of the request being served, or several with commas between, if any."""
    return _request.get()


def within(seconds: float) -> AbstractContextManager[None]:
    """Queries inside are given what is left of `seconds`, counted from now."""
    return _Set(_until, time.monotonic() + seconds)


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
    context.run(_request.set, ",".join(names[:_MAX_NAMED]) or None)
    return context
