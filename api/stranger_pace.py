"""Slows the answers to requests that fail before their caller is known, so that they leave the process to the others.

An address says little: callers behind one proxy share it, and an attacker has many. So all such requests of a process
share one account. A request never waits once its key was accepted, nor where the service itself is at fault: nobody can
be known while the store is down.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import Scope

_KNOWN = "regulars.caller_known"
_LEAST_S = 0.02
"""Seconds that each such request adds to the account: beyond the free ones, 50 a second are answered."""
_TIMES = 10.0
"""How often a request's own seconds count: the work for strangers is a tenth of the process's time."""
_FREE_S = 1.0
_MOST_S = 10.0
MAX_WAIT_S = 2.0
"""The longest wait of an answer to a request that failed before its caller was known."""


def mark_known(scope: Scope) -> None:
    """The request's caller is known from now on."""
    scope[_KNOWN] = True


def is_known(scope: Scope) -> bool:
    return _KNOWN in scope


class StrangerPace:
    """The account of one process: seconds that strangers owe it. It runs down as time passes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._owed = 0.0
        self._at = clock()

    def wait_s(self, took: float) -> float:
        """How many seconds the answer to a request has to wait that failed after it `took` so many."""
        now = self._clock()
        self._owed = max(0.0, self._owed - (now - self._at)) + max(_LEAST_S, _TIMES * took)
        self._owed, self._at = min(self._owed, _MOST_S), now
        return min(max(0.0, self._owed - _FREE_S), MAX_WAIT_S)
