"""Jobs in the store: nobody has a job with somebody else, none is lost, and each moment makes one."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from graph.jobs import Job, JobKind, Jobs, JobState, Later, LeaseLost, Progress, wake_jobs
from graph.store.database import Database, DbTransaction
from runtime.job_runner import JobRunner

pytestmark = pytest.mark.neo4j

LONG, OVER = 600.0, 0.0
"""Leases: one that outlasts the test, and one that is over at once."""


async def claim(store: Database, size: int = 1, seconds: float = LONG) -> list[Job]:
    return await Jobs(store).claim(["k"], size, seconds=seconds)


async def state(store: Database, about: str = "a") -> str:
    rows = await Jobs(store).list(kind=None, state=None, size=1_000)
    [found] = [row["state"] for row in rows if row["about"] == about]
    return found


async def wake(store: Database, about: str = "a", *, hurry: bool = False) -> None:
    async def work(tx: DbTransaction) -> None:
        await wake_jobs(tx, "k", [about], hurry=hurry)

    await store.write("wake", work)


async def test_a_job_about_the_same_thing_is_made_once(store: Database) -> None:
    await Jobs(store).put("k", "a", {"first": True})
    await Jobs(store).put("k", "a", {"first": False})
    [job] = await claim(store, 10)
    assert (job.kind, job.about, job.progress, job.tries, job.died) == ("k", "a", {"first": True}, 1, False)


async def test_concurrent_claims_give_each_job_to_one(store: Database, second_store: Database) -> None:
    for number in range(60):
        await Jobs(store).put("k", str(number), {})
    claimed: Counter[str] = Counter()

    async def claimer(database: Database) -> None:
        while jobs := await claim(database, 3):
            claimed.update(job.about for job in jobs)

    await asyncio.gather(*(claimer(database) for database in (store, second_store) for _ in range(4)))
    assert claimed == Counter({str(number): 1 for number in range(60)})


async def test_a_job_whose_lease_is_over_goes_to_another_with_its_progress(store: Database) -> None:
    jobs = Jobs(store)
    await jobs.put("k", "a", {})
    [first] = await claim(store)
    assert await claim(store) == []
    await jobs.progress(first, seconds=OVER).save({"step": 1})
    [second] = await claim(store)
    assert (second.progress, second.died, second.tries) == ({"step": 1}, True, 2)
    with pytest.raises(LeaseLost):
        await jobs.progress(first, seconds=LONG).save({"step": 9})
    assert not await jobs.leave(first, ended="done")
    assert await jobs.keep([first, second], seconds=LONG) == {second.id}
    assert await jobs.leave(second, ended="done")
    assert await state(store) == "done"


async def test_a_job_that_sleeps_runs_when_it_is_woken(store: Database) -> None:
    await Jobs(store).put("k", "a", {})
    [job] = await claim(store)
    await Jobs(store).leave(job)
    assert (await state(store), await claim(store)) == ("asleep", [])
    await wake(store)
    assert len(await claim(store)) == 1


async def test_a_job_that_is_woken_while_it_runs_runs_once_more(store: Database) -> None:
    await Jobs(store).put("k", "a", {})
    [job] = await claim(store)
    await wake(store)
    assert await claim(store) == []
    await Jobs(store).leave(job)
    [again] = await claim(store)
    await Jobs(store).leave(again)
    assert await claim(store) == []


async def test_a_job_that_waits_for_its_moment_is_woken_only_in_a_hurry(store: Database) -> None:
    await Jobs(store).put("k", "a", {})
    [job] = await claim(store)
    await Jobs(store).leave(job, delay=LONG)
    await wake(store)
    assert await claim(store) == []
    await wake(store, hurry=True)
    [again] = await claim(store)
    await wake(store, hurry=True)  # while it runs: then its next moment is now
    await wake(store)
    await Jobs(store).leave(again, delay=LONG)
    assert len(await claim(store)) == 1


async def test_a_dead_or_cancelled_job_is_woken_only_in_a_hurry(store: Database) -> None:
    jobs = Jobs(store)
    await jobs.put("k", "a", {})
    [job] = await claim(store)
    await jobs.leave(job, ended="dead", error="ValueError", tries=8)
    await wake(store)
    assert await state(store) == "dead"
    await wake(store, hurry=True)
    [again] = await claim(store)
    assert again.tries == 1
    assert await jobs.cancel(again.id)
    await wake(store, hurry=True)
    [again] = await claim(store)
    await jobs.leave(again, ended="done")
    await wake(store, hurry=True)
    assert await state(store) == "done"


async def test_a_cancelled_job_stops_and_may_be_retried(store: Database) -> None:
    jobs = Jobs(store)
    await jobs.put("k", "a", {})
    [job] = await claim(store)
    assert not await jobs.retry(job.id)
    assert await jobs.cancel(job.id)
    assert not await jobs.cancel(job.id)
    with pytest.raises(LeaseLost):
        await jobs.progress(job, seconds=LONG).save({})
    assert await state(store) == "cancelled"
    assert await jobs.retry(job.id)
    [again] = await claim(store)
    assert await jobs.leave(again, ended="done")
    assert not await jobs.retry(again.id)
    assert not await jobs.cancel(again.id)


async def test_a_moment_makes_one_job_of_a_recurring_kind(store: Database, second_store: Database) -> None:
    ran: list[str] = []

    async def run(job: Job, progress: Progress) -> Later | None:
        ran.append(job.about)

    every = timedelta(days=3_650)
    kinds = [JobKind("k", run, every=every), JobKind("never", run)]
    await asyncio.gather(*(Jobs(one).put_due(kinds) for one in (store, second_store) for _ in range(5)))
    runners = [JobRunner(Jobs(one), kinds, 1, LONG) for one in (store, second_store)]
    assert sum(await asyncio.gather(*(runner.run_due() for runner in runners))) == 1
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    due = epoch + (datetime.now(UTC) - epoch) // every * every
    assert ran == [f"{due:%Y-%m-%dT%H:%M:%SZ}"]
    assert [row["kind"] for row in await Jobs(store).list(kind=None, state=JobState.DONE, size=9)] == ["k"]


async def test_jobs_that_ended_long_ago_are_forgotten_but_for_dead_ones(store: Database) -> None:
    jobs = Jobs(store)
    for about, ended in (("a", "done"), ("b", "dead"), ("c", None)):
        await jobs.put("k", about, {})
        [job] = await claim(store)
        await jobs.leave(job, ended=ended, delay=LONG)
    text = "MATCH (j:Job) SET j.endedAt = j.endedAt - duration({days: 31})"
    await store.run_schema(text)
    assert not await jobs.forget()
    assert {row["about"] for row in await jobs.list(kind=None, state=None, size=9)} == {"b", "c"}
    assert await jobs.counts() == [{"kind": "k", "late": 0, "dead": 1}]
