"""The request in progress: its id in Neo4j and in the logs, and the time that is left for it.

Each statement carries both to Neo4j: no statement outlives its request, and each can be found by the request's id.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from contextvars import Context, ContextVar, copy_context
from typing import Generic, TypeVar

T = TypeVar("T")

_LEAST_S = 0.05  # Neo4j reads 0 as "no limit"
_MAX_NAMED = 8  # request ids that a shared statement names
_until: ContextVar[float | None] = ContextVar("until", default=None)
_request: ContextVar[str | None] = ContextVar("request", default=None)


class _Set(Generic[T]):
    """Sets a variable inside its block. A generator would cost three times as much, at every request."""

    __slots__ = ("_token", "_value", "_variable")

    def __init__(self, variable: ContextVar[T], value: T) -> None:
        self._variable = variable
        self._value = value

    def __enter__(self) -> None:
        self._token = self._variable.set(self._value)

    def __exit__(self, *_: object) -> None:
        self._variable.reset(self._token)


def request(name: str) -> AbstractContextManager[None]:
    """Statements and log lines inside belong to this request."""
    return _Set(_request, name)


def current_request() -> str | None:
    """The id of the request in progress, or several ids with commas between; None outside of a request."""
    return _request.get()


def within(seconds: float) -> AbstractContextManager[None]:
    """Queries inside may take what is left of `seconds`, counted from now."""
    return _Set(_until, time.monotonic() + seconds)


def seconds_left(most: float) -> float:
    """The seconds that a query may take from now: `most`, or what is left of the request."""
    until = _until.get()
    return most if until is None else max(_LEAST_S, min(most, until - time.monotonic()))


def shared_context(requests: Iterable[str | None] = ()) -> Context:
    """A context for work that several requests share: none of them limits its time, and it names the first eight."""
    context = copy_context()
    context.run(_until.set, None)
    names = list(dict.fromkeys(name for name in requests if name is not None))
    context.run(_request.set, ",".join(names[:_MAX_NAMED]) or None)
    return context
