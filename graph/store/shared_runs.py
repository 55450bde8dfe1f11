"""Lets callers share what runs in the store: while one run goes on, further callers wait, and the next run serves them.

There is no timer: a single request is served at once. Under load the store plans, reads and sends once for many
readers; each of them costs a third of a statement of its own (measured). Readers share a statement only where all but
the customer that they look for is the same, including what their callers may see. Writers share a transaction.

A statement serves half of the readers that wait or were just answered, as the latter are likely to read again: so the
store reads for one half while this process answers the other. If it served all that wait, one reader and all the others
would take turns, and each side would wait for the long turn of the other (measured: a seventh slower with 32 readers).
Commands are another matter, as most of their cost is the transaction's: all at once is a tenth faster (measured).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from graph.store.request_scope import current_request, shared_context

T = TypeVar("T")
_MAX_READERS = 32


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    asked: Any
    answer: asyncio.Future[T]
    request: str | None


class SharedRuns(Generic[T]):
    """At most one run for a key at a time. `work(asked)` returns an answer for each of what is asked, in order.
    `at_once`: a run serves all that wait (see above), and not half of them."""

    def __init__(self, *, at_once: bool = False) -> None:
        self._at_once = at_once
        self._waiting: dict[Any, list[_Waiting[T]]] = {}
        self._running: set[asyncio.Task[None]] = set()

    async def run(self, key: Any, asked: Any, work: Callable[[Sequence[Any]], Awaitable[Sequence[T]]]) -> T:
        """The answer to what is `asked`. Raises what `work` raises."""
        waiting = self._waiting.get(key)
        if waiting is not None:
            answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
            waiting.append(_Waiting(asked, answer, current_request()))
            return await answer
        self._waiting[key] = []
        try:
            return (await work([asked]))[0]
        finally:
            self._next(key, 1, work)

    def _next(self, key: Any, answered: int, work: Callable[[Sequence[Any]], Awaitable[Sequence[T]]]) -> None:
        waiting = self._waiting.pop(key)
        if waiting:
            some = len(waiting) if self._at_once else max(1, (len(waiting) + answered) // 2)
            size = min(_MAX_READERS, some)
            self._waiting[key] = waiting[size:]
            batch = waiting[:size]
            task = asyncio.create_task(
                self._serve(key, batch, work), context=shared_context(reader.request for reader in batch)
            )
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _serve(
        self,
        key: Any,
        batch: Sequence[_Waiting[T]],
        work: Callable[[Sequence[Any]], Awaitable[Sequence[T]]],
    ) -> None:
        readers = [reader for reader in batch if not reader.answer.done()]  # a cancelled reader waits no more
        try:
            answers = await work([reader.asked for reader in readers]) if readers else ()
            for reader, answer in zip(readers, answers, strict=True):
                if not reader.answer.done():
                    reader.answer.set_result(answer)
        except BaseException as error:
            for reader in readers:
                if not reader.answer.done():
                    reader.answer.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            if not isinstance(error, Exception):
                raise
        finally:
            self._next(key, len(batch), work)
