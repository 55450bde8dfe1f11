"""What a process does beside its requests: it gives the feed's events their places, and runs jobs of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from domain.log import logger
from domain.settings import Settings
from engagement.webhooks.deliveries import Deliveries
from graph.feed import Feed
from graph.jobs import Job, JobKind, Jobs, Progress, Run
from graph.store.database import Database
from graph.webhooks import DELIVER
from privacy.vault import Vault
from runtime.job_runner import JobRunner

_DAILY = timedelta(days=1)
_log = logger("regulars.feed")


@dataclass(frozen=True, slots=True)
class BackgroundWork:
    """The work of one process, and its figures."""

    feed: Feed
    deliveries: Deliveries
    runner: JobRunner
    feed_every_s: float

    async def run(self) -> None:
        """Works until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._number())
            tasks.create_task(self.runner.run())

    async def run_due(self) -> int:
        """Does what is due now, once; how many jobs that were."""
        while await self.feed.number((DELIVER,)):
            pass
        return await self.runner.run_due()

    async def _number(self) -> None:
        while True:
            try:
                while await self.feed.number((DELIVER,)):
                    pass
            except Exception as error:  # whatever it is: the next look finds what this one did not
                _log.warning("feed.away", type=type(error).__name__)
            await asyncio.sleep(self.feed_every_s)


def work_of(database: Database, vault: Vault, settings: Settings) -> BackgroundWork:
    """All kinds of jobs, put together. A new kind is a line here."""
    feed, jobs = Feed(database), Jobs(database)
    anywhere = settings.environment == "development"
    deliveries = Deliveries(database, vault, timedelta(hours=settings.webhook_give_up_hours), anywhere)
    kinds = (
        JobKind(DELIVER, deliveries.run),
        JobKind("feed.forget", _repeated(lambda: feed.forget(settings.feed_days)), every=_DAILY),
        JobKind("jobs.forget", _repeated(jobs.forget), every=_DAILY),
    )
    runner = JobRunner(jobs, kinds, settings.jobs_at_once, settings.job_lease_s)
    return BackgroundWork(feed, deliveries, runner, settings.feed_every_s)


@asynccontextmanager
async def working(database: Database, vault: Vault, settings: Settings) -> AsyncGenerator[BackgroundWork]:
    """Works meanwhile, unless the settings want no jobs here. Ends in order: jobs that run are given back."""
    work = work_of(database, vault, settings)
    running = asyncio.create_task(work.run()) if settings.jobs_at_once else None
    try:
        yield work
    finally:
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


def _repeated(step: Callable[[], Awaitable[bool]]) -> Run:
    """A job that does a step again while there may be more."""

    async def run(job: Job, progress: Progress) -> None:
        while await step():
            pass

    return run
