"""The runner of jobs: what fails is tried again and ends dead; what a killed process had goes on in another."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import timedelta

import orjson
import pytest

from domain.errors import Conflict, StoreFull
from graph.jobs import MAX_RETRY_S, RETRY_FIRST_S, Job, JobKind, Jobs, Later, Progress, retry_after
from graph.local import Running
from graph.store.database import Database
from runtime.job_runner import JobRunner
from tests.kit.job_process import STEPS, job_process, lines
from tests.kit.waiting import until

pytestmark = pytest.mark.neo4j


def runner(store: Database, run: Callable[[Job, Progress], Awaitable[Later | None]], lease_s: float = 60) -> JobRunner:
    return JobRunner(Jobs(store), [JobKind("k", run, tries=3)], at_once=2, lease_s=lease_s)


async def found(store: Database) -> dict[str, object]:
    [row] = await Jobs(store).list(kind="k", state=None, size=9)
    return row


async def hurry(store: Database) -> None:
    await store.run_schema("MATCH (j:Job) WHERE j.nextAt IS NOT NULL SET j.nextAt = datetime()")


def test_tries_come_later_each_time_and_never_all_at_once() -> None:
    for tries in range(1, 80):
        longest = min(MAX_RETRY_S, RETRY_FIRST_S * 2 ** (tries - 1))
        waits = {retry_after(tries) for _ in range(50)}
        assert len(waits) > 1
        assert longest / 2 <= min(waits) <= max(waits) <= longest


async def test_a_job_that_fails_is_tried_again_and_then_dead(store: Database) -> None:
    async def run(job: Job, progress: Progress) -> Later | None:
        raise ValueError("+1 212 555 0142")  # what an error says may name somebody

    one = runner(store, run)
    await one.jobs.put("k", "a", {})
    for tries in (1, 2, 3):
        assert await one.run_due() == 1
        assert await one.run_due() == 0
        row = await found(store)
        assert (row["tries"], row["state"]) == (tries, "dead" if tries == 3 else "waiting")
        await hurry(store)
    assert str(row["error"]).startswith("ValueError at ")
    assert "555" not in str(row)
    assert one.runs == Counter({("k", "failed"): 2, ("k", "dead"): 1})


async def test_a_store_that_is_away_uses_up_no_try(store: Database) -> None:
    async def run(job: Job, progress: Progress) -> Later | None:
        raise StoreFull("Full.")

    one = runner(store, run)
    await one.jobs.put("k", "a", {})
    for _ in range(5):
        assert await one.run_due() == 1
        row = await found(store)
        assert (row["state"], row["tries"], row["error"]) == ("waiting", 0, "STORE_FULL: Full.")
        await hurry(store)
    assert one.runs == Counter({("k", "away"): 5})


async def test_progress_counts_the_tries_anew(store: Database) -> None:
    async def run(job: Job, progress: Progress) -> Later | None:
        if job.progress["step"] < 6:
            await progress.save({"step": job.progress["step"] + 1})
            raise Conflict("A step at a time.")
        return None

    one = runner(store, run)
    await one.jobs.put("k", "a", {"step": 0})
    for _ in range(6):
        assert await one.run_due() == 1
        row = await found(store)
        assert (row["state"], row["tries"], row["error"]) == ("waiting", 1, "CONFLICT: A step at a time.")
        await hurry(store)
    assert await one.run_due() == 1
    assert (await found(store))["state"] == "done"


async def test_a_job_whose_process_always_dies_ends_dead(store: Database) -> None:
    async def run(job: Job, progress: Progress) -> Later | None:
        raise AssertionError("it is not to run again")

    one = runner(store, run)
    await one.jobs.put("k", "a", {})
    for _ in range(3):
        assert await one.jobs.claim(["k"], 1, seconds=0)
    assert await one.run_due() == 1
    row = await found(store)
    assert (row["state"], row["error"]) == ("dead", "The process that ran it died, each time.")


async def test_a_runner_that_ends_gives_its_jobs_back_at_once(store: Database) -> None:
    began = asyncio.Event()

    async def run(job: Job, progress: Progress) -> Later | None:
        began.set()
        await asyncio.sleep(3_600)

    one = runner(store, run)
    await one.jobs.put("k", "a", {})
    running = asyncio.create_task(one.run())
    await began.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    [job] = await one.jobs.claim(["k"], 1, seconds=60)
    assert (job.tries, job.died) == (1, False)


async def test_a_cancelled_job_is_stopped_where_it_runs(store: Database) -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def run(job: Job, progress: Progress) -> Later | None:
        began.set()
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.set()

    one = runner(store, run, lease_s=0.3)
    await one.jobs.put("k", "a", {})
    running = asyncio.create_task(one.run())
    await began.wait()
    await one.jobs.cancel(str((await found(store))["id"]))
    await asyncio.wait_for(ended.wait(), 60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await found(store))["state"] == "cancelled"


async def test_a_lease_is_kept_while_a_job_runs_longer(store: Database) -> None:
    ran = 0

    async def run(job: Job, progress: Progress) -> Later | None:
        nonlocal ran
        ran += 1
        await asyncio.sleep(1.5)
        return Later(timedelta(hours=1))

    one, other = runner(store, run, lease_s=1), runner(store, run, lease_s=1)
    await one.jobs.put("k", "a", {})
    tasks = [asyncio.create_task(each.run()) for each in (one, other)]
    await until(lambda: one.runs + other.runs)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (ran, one.runs + other.runs) == (1, Counter({("k", "later"): 1}))


@pytest.mark.slow
async def test_processes_share_jobs_and_none_runs_twice(store: Database, neo4j_server: Running) -> None:
    for number in range(120):
        await Jobs(store).put(STEPS, str(number), {"steps": 1})
    with ExitStack() as stack:
        processes = [stack.enter_context(job_process(neo4j_server, lease_s=60)) for _ in range(3)]
        await _all_done(store)
        said = [lines(process.communicate()[0]) for process in processes]
    assert Counter(row["job"] for rows in said for row in rows) == Counter(map(str, range(120)))
    assert sum(bool(rows) for rows in said) > 1


@pytest.mark.slow
async def test_another_process_goes_on_with_what_a_killed_one_had(store: Database, neo4j_server: Running) -> None:
    steps = 60
    await Jobs(store).put(STEPS, "a", {"steps": steps})
    with ExitStack() as stack:
        processes = [stack.enter_context(job_process(neo4j_server, lease_s=1.5)) for _ in range(2)]
        said = list[dict[str, int]]()
        listening = [asyncio.create_task(asyncio.to_thread(_listen, one, said)) for one in processes]
        # The first step says who has the job: it dies in the middle.
        await until(lambda: said)
        await asyncio.sleep(0.6)
        os.kill(said[0]["pid"], signal.SIGKILL)
        await _all_done(store)
        for process in processes:
            if process.stdin is not None:
                process.stdin.close()
        await asyncio.gather(*listening)
    done = Counter(row["step"] for row in said)
    assert set(done) == set(range(steps))
    assert sum(done.values()) <= steps + 1, "only the step that was not saved is done again"
    assert {row["pid"] for row in said} == {process.pid for process in processes}


def _listen(process: subprocess.Popen[bytes], said: list[dict[str, int]]) -> None:
    """Until the process ends. One that is killed may leave half a line."""
    whole = (line for line in process.stdout or () if line.endswith(b"\n"))
    said.extend(map(orjson.loads, whole))


async def _all_done(store: Database) -> None:
    async with asyncio.timeout(120):
        while True:
            rows = await Jobs(store).list(kind=STEPS, state=None, size=500)
            if {row["state"] for row in rows} == {"done"}:
                return
            await asyncio.sleep(0.1)
