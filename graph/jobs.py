"""Jobs in the store: work that must end though processes die.

A job is a node. `nextAt` says when any process may claim it: when it is due, or, while a process runs it, when the
lease of that process ends. So a process that dies needs no clean-up: its job becomes due by itself. A claim, a lease
and a moment are compared by one clock, the store's, as the clocks of machines differ.

    waiting ─claim→ running ─┬→ done
       ↑                     ├→ waiting    to run later, or once more after an error
       └──────wake─ asleep ←─┤
                             └→ dead       after too many tries; `retry` lets it run again

A job may run twice: a process that lost its lease may not know it yet. So whatever a job does must be idempotent.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Literal, TypeAlias

import orjson

from graph.store.database import Database, DbTransaction, Row

LOOK_AT = 32
"""Due jobs that a claim looks at: several processes that claim at once find some each."""
KEPT_DAYS = 30
RETRY_FIRST_S = 5.0
"""Seconds until what failed is tried again; twice as long after each further try."""
MAX_RETRY_S = 3_600.0
"""Most seconds between two tries of a job or a delivery."""
_FORGOTTEN_AT_ONCE = 1_000
Ended: TypeAlias = Literal["done", "dead"]


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    ASLEEP = "asleep"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class LeaseLost(Exception):
    """Another process runs the job by now, or somebody cancelled it: this run must stop."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. `about` names the thing that it is about, once for each kind. `tries` counts the runs since the
    last progress, with this one. `died`: the run before never ended, as its process died. `lease` is this run's own."""

    id: str
    kind: str
    about: str
    tries: int
    died: bool
    lease: str
    progress: Mapping[str, Any] = field(repr=False, hash=False)


@dataclass(slots=True)
class Progress:
    """How far a job is: small enough to be written often, and all that a next run needs to go on."""

    value: Mapping[str, Any]
    _save: Callable[[Mapping[str, Any]], Awaitable[None]]

    async def save(self, value: Mapping[str, Any]) -> None:
        """Stores it, durable when this returns, and prolongs the lease. Raises LeaseLost, Unavailable."""
        await self._save(value)
        self.value = value


@dataclass(frozen=True, slots=True)
class Later:
    """The job is to run again, after so long; None: when somebody wakes it."""

    after: timedelta | None = None


Run: TypeAlias = Callable[[Job, Progress], Awaitable[Later | None]]
"""Does a job's work; None: it is done. What it raises is tried again. It must be idempotent and end when cancelled."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of jobs. `every`: one job is made for each such moment since 1970 (UTC), by whichever process sees it.
    `tries`: so many runs without progress, and the job is dead."""

    name: str
    run: Run
    every: timedelta | None = None
    tries: int = 8


def retry_after(tries: int) -> float:
    """Seconds until the next try, after so many: more each time, and not the same for all that failed at once."""
    longest = min(MAX_RETRY_S, RETRY_FIRST_S * 2 ** min(tries - 1, 30))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 (no secret)


async def put_job(tx: DbTransaction, kind: str, about: str, progress: Mapping[str, Any]) -> None:
    """Makes a job in the transaction of its cause; one that exists stays as it is."""
    row = {
        "id": uuid.uuid4().hex,
        "key": f"{kind}|{about}",
        "kind": kind,
        "about": about,
        "progress": orjson.dumps(progress).decode(),
    }
    await tx.run("jobs/put", batch={"jobs": [row]})


async def wake_jobs(tx: DbTransaction, kind: str, about: Collection[str] | None = None, *, hurry: bool = False) -> None:
    """Wakes a kind's jobs, all or those about some things, in the transaction of what they wait for. `hurry`: also
    those that wait for a moment of their own, and dead or cancelled ones."""
    named = None if about is None else sorted(about)
    await tx.run("jobs/wake", batch={"kind": kind, "about": named, "hurry": hurry})


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of one database. All methods raise Unavailable."""

    database: Database

    async def put(self, kind: str, about: str, progress: Mapping[str, Any]) -> None:
        """Makes a job; one of this kind about the same thing stays as it is."""

        async def work(tx: DbTransaction) -> None:
            await put_job(tx, kind, about, progress)

        await self.database.write("jobs/put", work)

    async def put_due(self, kinds: Sequence[JobKind]) -> None:
        """Makes the jobs of recurring kinds that are due now and do not exist."""
        rows = [
            {"kind": kind.name, "every": kind.every // timedelta(milliseconds=1), "id": uuid.uuid4().hex}
            for kind in kinds
            if kind.every is not None
        ]
        if rows:
            await self.database.write_one("jobs/put_due", batch={"kinds": rows})

    async def claim(self, kinds: Collection[str], size: int, *, seconds: float) -> list[Job]:
        """Up to `size` due jobs, which nobody else has until the lease ends, in so many seconds. One read where none is
        due."""
        names = sorted(kinds)
        [found] = await self.database.read("jobs/due", kinds=names)
        if not found["due"]:
            return []
        lease = uuid.uuid4().hex
        rows = await self.database.write_one(
            "jobs/claim", kinds=names, size=size, look=max(size, LOOK_AT), lease=lease, seconds=seconds
        )
        return [Job(**_opened(row), lease=lease) for row in rows]

    async def keep(self, jobs: Collection[Job], *, seconds: float) -> set[str]:
        """Prolongs leases; the ids of the jobs that are still this process's."""
        rows = [{"id": job.id, "lease": job.lease} for job in sorted(jobs, key=lambda job: job.id)]
        kept = await self.database.write_one("jobs/keep", rows=rows, seconds=seconds)
        return {row["id"] for row in kept}

    def progress(self, job: Job, *, seconds: float) -> Progress:
        """The progress of a claimed job; `seconds` as in `claim`."""

        async def save(value: Mapping[str, Any]) -> None:
            text = orjson.dumps(value).decode()
            named = {"id": job.id, "lease": job.lease}
            if not await self.database.write_one("jobs/save", **named, seconds=seconds, progress=text):
                raise LeaseLost

        return Progress(job.progress, save)

    async def leave(
        self,
        job: Job,
        *,
        ended: Ended | None = None,
        delay: float | None = None,
        error: str | None = None,
        tries: int = 0,
    ) -> bool:
        """Ends a run, see `jobs/leave`; whether the job was still this process's."""
        return bool(
            await self.database.write_one(
                "jobs/leave", id=job.id, lease=job.lease, ended=ended, delay=delay, error=error, tries=tries
            )
        )

    async def list(self, *, kind: str | None, state: JobState | None, size: int) -> list[Row]:
        """Rows of `jobs/list`."""
        return await self.database.read("jobs/list", kind=kind, state=state and state.value, size=size)

    async def one(self, id: str) -> Row | None:
        """A row of `jobs/one`."""
        rows = await self.database.read("jobs/one", id=id)
        return rows[0] if rows else None

    async def retry(self, id: str) -> bool:
        """Lets a job run again now, with all of its tries; False: it runs, is done, or is none."""
        return bool(await self.database.write_one("jobs/retry", id=id))

    async def cancel(self, id: str) -> bool:
        """Ends a job for good; False: it has ended, or is none."""
        return bool(await self.database.write_one("jobs/cancel", id=id))

    async def counts(self) -> list[Row]:
        """Rows of `jobs/counts`."""
        return await self.database.read("jobs/counts")

    async def forget(self) -> bool:
        """Deletes some jobs that ended long ago; whether there may be more."""
        [row] = await self.database.write_one("jobs/forget", days=KEPT_DAYS, size=_FORGOTTEN_AT_ONCE)
        return row["deleted"] == _FORGOTTEN_AT_ONCE


def _opened(row: Row) -> Row:
    return {**row, "progress": orjson.loads(row["progress"])}
