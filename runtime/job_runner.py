"""Runs jobs in one process: claims what is due, some at a time, keeps the leases, and tries again what fails.

The store's clock decides what is due and whose lease is over. This process's own, which only ever goes forward, tells
one thing: how long ago the store last confirmed the leases. If that is longer than a lease, another process may run the
jobs by now, and this one stops them.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from domain.errors import RegularsError, Unavailable, place
from domain.log import logger
from graph.jobs import Job, JobKind, Jobs, Later, LeaseLost, Progress, retry_after
from graph.store.database import Row

_LOOKS_EVERY_S = 0.5
_MAKES_DUE_EVERY_S = 30.0
_SIGNS_OF_LIFE = 3  # in one lease
_log = logger("regulars.jobs")


@dataclass(slots=True)
class JobRunner:
    """The runner of one process. `runs` counts what came of runs here, by kind and outcome; `counts` are the store's
    late and dead jobs (rows of `jobs/counts`), as they were half a minute ago at most."""

    jobs: Jobs
    kinds: Sequence[JobKind]
    at_once: int
    lease_s: float
    runs: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    counts: list[Row] = field(default_factory=list[Row])
    _running: dict[Job, asyncio.Task[None]] = field(default_factory=dict[Job, asyncio.Task[None]])
    _made_due: float | None = None
    _confirmed: float = field(default_factory=time.monotonic)

    async def run(self) -> None:
        """Runs jobs until it is cancelled; then gives back what it has, for others to go on with at once."""
        keeping = asyncio.create_task(self._keep_leases())
        try:
            while True:
                await self._look()
                await asyncio.sleep(_LOOKS_EVERY_S)
        finally:
            keeping.cancel()
            await self._stop([keeping, *self._running.values()])

    async def run_due(self) -> int:
        """Runs what is due now, one after the other, until nothing is; how many runs that were."""
        keeping, count = asyncio.create_task(self._keep_leases()), 0
        try:
            await self.jobs.put_due(self.kinds)
            while claimed := await self._claim(1):
                await asyncio.wait([self._start(job) for job in claimed])
                count += len(claimed)
            return count
        finally:
            keeping.cancel()
            await self._stop([keeping, *self._running.values()])

    async def _look(self) -> None:
        try:
            if self._made_due is None or time.monotonic() > self._made_due + _MAKES_DUE_EVERY_S:
                await self.jobs.put_due(self.kinds)
                self.counts = await self.jobs.counts()
                self._made_due = time.monotonic()
            if (free := self.at_once - len(self._running)) > 0:
                for job in await self._claim(free):
                    self._start(job)
        except Exception as error:  # whatever it is: the next look finds what this one did not
            _log.warning("jobs.away", type=type(error).__name__)

    async def _claim(self, size: int) -> list[Job]:
        asked = time.monotonic()
        claimed = await self.jobs.claim([kind.name for kind in self.kinds], size, seconds=self.lease_s)
        if not self._running:
            self._confirmed = asked
        return claimed

    def _start(self, job: Job) -> asyncio.Task[None]:
        task = self._running[job] = asyncio.create_task(self._run_one(job))
        task.add_done_callback(lambda _: self._running.pop(job, None))
        return task

    async def _run_one(self, job: Job) -> None:
        kind = next(kind for kind in self.kinds if kind.name == job.kind)
        progress = self.jobs.progress(job, seconds=self.lease_s)
        try:
            outcome = await self._carried_out(kind, job, progress)
        except RegularsError as error:  # its lease ends, and the job is due again
            outcome = "away"
            _log.warning("jobs.away", type=type(error).__name__)
        self.runs[job.kind, outcome] += 1

    async def _carried_out(self, kind: JobKind, job: Job, progress: Progress) -> str:
        if job.died and job.tries > kind.tries:
            return await self._failed(kind, job, "The process that ran it died, each time.", job.tries)
        try:
            later = await kind.run(job, progress)
        except LeaseLost:
            return "lost"
        except asyncio.CancelledError:
            await self.jobs.leave(job, delay=0, tries=max(0, job.tries - 1))
            raise
        except Unavailable as error:  # the store's fault, so no try of the job's
            delay = retry_after(job.tries)
            await self.jobs.leave(job, delay=delay, error=_shown(error), tries=max(0, job.tries - 1))
            return "away"
        except Exception as error:
            tries = job.tries if progress.value is job.progress else 1
            return await self._failed(kind, job, _shown(error), tries)
        if later is None:
            await self.jobs.leave(job, ended="done")
            return "done"
        await self.jobs.leave(job, delay=_seconds(later))
        return "later"

    async def _failed(self, kind: JobKind, job: Job, error: str, tries: int) -> str:
        dead = tries >= kind.tries
        _log.warning("job.dead" if dead else "job.failed", kind=job.kind, job=job.id, tries=tries, error=error)
        if dead:
            await self.jobs.leave(job, ended="dead", error=error, tries=tries)
            return "dead"
        await self.jobs.leave(job, delay=retry_after(tries), error=error, tries=tries)
        return "failed"

    async def _keep_leases(self) -> None:
        while True:
            await asyncio.sleep(self.lease_s / _SIGNS_OF_LIFE)
            if not (running := dict(self._running)):
                continue
            asked = time.monotonic()
            try:
                kept = await self.jobs.keep(running, seconds=self.lease_s)
                self._confirmed = asked
                lost = [job for job in running if job.id not in kept]
            except RegularsError as error:
                _log.warning("jobs.away", type=type(error).__name__)
                lost = list(running) if time.monotonic() > self._confirmed + self.lease_s else []
            for job in lost:
                running[job].cancel()

    async def _stop(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _seconds(later: Later) -> float | None:
    return None if later.after is None else later.after / timedelta(seconds=1)


def _shown(error: Exception) -> str:
    """What is stored and logged of an error: never the message of one that may hold contact data."""
    if isinstance(error, RegularsError):
        return f"{error.code}: {error.message}"
    return f"{type(error).__name__} at {place(error)}"
