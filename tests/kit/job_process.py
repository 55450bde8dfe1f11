"""A process that runs jobs, for tests that kill it. Each step of a job is a line on stdout:
`{"job": about, "step": n, "pid": process}`.

A job is made with the number of its steps as `{"steps": n}`. The process ends with its stdin. The store is named by
BOLT_URI, BOLT_USER and BOLT_PASSWORD, the lease by LEASE_S. Run it as `python -m tests.kit.job_process`.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import orjson

from graph.jobs import Job, JobKind, Jobs, Progress
from graph.local import Running
from graph.store.database import connect
from runtime.job_runner import JobRunner
from tests.kit.building import settings_of

STEPS = "steps"
_STEP_S = 0.05


async def run_steps(job: Job, progress: Progress) -> None:
    """Goes on where the job stands."""
    value = dict(progress.value)
    while (step := value.get("step", 0)) < value["steps"]:
        sys.stdout.buffer.write(orjson.dumps({"job": job.about, "step": step, "pid": os.getpid()}) + b"\n")
        sys.stdout.buffer.flush()
        if value["steps"] > 1:
            await asyncio.sleep(_STEP_S)
        value["step"] = step + 1
        await progress.save(value)


async def main() -> None:
    uri, user, password = (os.environ[name] for name in ("BOLT_URI", "BOLT_USER", "BOLT_PASSWORD"))
    async with connect(settings_of(), uri=uri, user=user, password=password) as database:
        runner = JobRunner(Jobs(database), [JobKind(STEPS, run_steps)], 4, float(os.environ["LEASE_S"]))
        running = asyncio.create_task(runner.run())
        await asyncio.to_thread(sys.stdin.read)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@contextmanager
def job_process(server: Running, *, lease_s: float) -> Generator[subprocess.Popen[bytes]]:
    """The process, ended in order at the end if it still runs."""
    named = {"BOLT_URI": server.bolt_uri, "BOLT_USER": server.user, "BOLT_PASSWORD": server.password}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kit.job_process"],
        env=os.environ | named | {"LEASE_S": str(lease_s)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        with process:  # ends its stdin, and waits
            pass


def lines(output: bytes) -> list[dict[str, Any]]:
    """The steps that a process said it did."""
    return [orjson.loads(line) for line in output.splitlines()]


if __name__ == "__main__":
    asyncio.run(main())
