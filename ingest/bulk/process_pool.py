"""Processes that do a job's work piece by piece, a bounded number of pieces under way, and what memory all take."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import psutil

from domain.garbage import collect_seldom
from ingest.bulk.parts import BulkParts
from ingest.bulk.tables import Writer
from matching.names.given_names import read_lists

P = ParamSpec("P")
T = TypeVar("T")
_SAMPLE_S = 0.2
_given: dict[str, Any] = {}


def _begin(parts: BulkParts, folder: Path) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _given.update(parts=parts, folder=folder)
    read_lists()
    collect_seldom()


def _end_with_parent() -> None:
    # Workers of a process that was killed would wait for their next piece for ever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def given() -> tuple[BulkParts, Writer]:
    """What this worker was started with."""
    return _given["parts"], Writer(_given["folder"], str(os.getpid()))


class Workers:
    """A pool of processes; `count` pieces are worked on at once and as many wait."""

    def __init__(self, pool: ProcessPoolExecutor, count: int) -> None:
        self._pool = pool
        self._most = 2 * count

    def each(self, work: Callable[..., T], pieces: Iterable[tuple[Any, ...]]) -> Iterator[T]:
        """`work(*piece)` of each piece, as they are done. The first failure ends it."""
        under_way: set[Future[T]] = set()
        try:
            for piece in pieces:
                under_way.add(self._pool.submit(work, *piece))
                if len(under_way) >= self._most:
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            for future in under_way:
                future.cancel()


@contextmanager
def open_workers(parts: BulkParts, folder: Path, count: int) -> Generator[Workers]:
    """Workers that write into `folder`. They are started anew, not forked: this process has threads."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_begin, initargs=(parts, folder)) as pool:
        yield Workers(pool, count)


class PeakMemory:
    """The most memory (resident, in bytes) that this process and its Python children took together since the start."""

    def __init__(self) -> None:
        self.bytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._over.wait(_SAMPLE_S):
            self.bytes = max(self.bytes, sum(map(_resident, [me, *me.children(recursive=True)])))


def _resident(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        if "java" not in process.name():
            return int(process.memory_info().rss)
    return 0
