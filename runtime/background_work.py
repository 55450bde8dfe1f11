"""What a process does beside its requests: it keeps the feed, and runs jobs of every kind.

To keep the feed is no job: every process does it, also one that runs no jobs, or the feed would grow for ever.
"""

from __future__ import annotations

import asyncio
import time
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
from loyalty.commands.day_limits import DayLimits
from loyalty.ledger.expiry_notices import POINTS_EXPIRING, ExpiryNotices
from loyalty.programme.programme import programme
from loyalty.programme.programmes import Programmes
from privacy.vault import Vault
from runtime.job_runner import JobRunner
from runtime.planned_statements import plan_statements

_DAILY = timedelta(days=1)
_FORGETS_EVERY_S = 3_600.0
_log = logger("regulars.feed")


@dataclass(frozen=True, slots=True)
class BackgroundWork:
    """The work of one process, and its figures."""

    feed: Feed
    deliveries: Deliveries
    runner: JobRunner
    feed_every_s: float
    feed_days: int

    async def run(self) -> None:
        """Works until it is cancelled. A runner of no jobs at once does not begin."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(plan_statements(self.feed.database))
            tasks.create_task(self._keep_feed())
            if self.runner.at_once:
                tasks.create_task(self.runner.run())

    async def run_due(self) -> int:
        """Does what is due now, once; how many jobs that were."""
        await self._number()
        await self._forget()
        return await self.runner.run_due()

    async def _number(self) -> None:
        while await self.feed.number((DELIVER,)):
            pass

    async def _forget(self) -> None:
        while await self.feed.forget(self.feed_days):
            pass

    async def _keep_feed(self) -> None:
        forgets_at = time.monotonic()
        while True:
            try:
                await self._number()
                if time.monotonic() >= forgets_at:
                    await self._forget()
                    forgets_at = time.monotonic() + _FORGETS_EVERY_S
            except Exception as error:  # whatever it is: the next look finds what this one did not
                _log.warning("feed.away", type=type(error).__name__)
            await asyncio.sleep(self.feed_every_s)


def work_of(database: Database, vault: Vault, settings: Settings) -> BackgroundWork:
    """All kinds of jobs, put together. A new kind is a line here. Raises SetupError where the loyalty rules of the file
    are wrong."""
    feed, jobs = Feed(database), Jobs(database)
    anywhere = settings.environment == "development"
    deliveries = Deliveries(database, vault, timedelta(hours=settings.webhook_give_up_hours), anywhere)
    notices = ExpiryNotices(database, Programmes(programme(settings.loyalty_config)))
    kinds = (
        JobKind(DELIVER, deliveries.run),
        JobKind("jobs.forget", _repeated(jobs.forget), every=_DAILY),
        JobKind("limits.forget", _repeated(DayLimits(database).forget), every=_DAILY),
        JobKind(POINTS_EXPIRING, notices.run, every=_DAILY),
    )
    runner = JobRunner(jobs, kinds, settings.jobs_at_once, settings.job_lease_s)
    return BackgroundWork(feed, deliveries, runner, settings.feed_every_s, settings.feed_days)


@asynccontextmanager
async def working(database: Database, vault: Vault, settings: Settings) -> AsyncGenerator[BackgroundWork]:
    """Works meanwhile. Ends in order: jobs that run are given back."""
    work = work_of(database, vault, settings)
    running = asyncio.create_task(work.run())
    try:
        yield work
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def _repeated(step: Callable[[], Awaitable[bool]]) -> Run:
    """A job that does a step again while there may be more."""

    async def run(job: Job, progress: Progress) -> None:
        while await step():
            pass

    return run
