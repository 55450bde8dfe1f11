"""One intake in a process of its own, for tests that kill it.

Batches come as lines of JSON on stdin, `{"id": …, "events": […]}`; each is answered, once it is durable, by a line on
stdout: `{"id": …, "accepted": …, "duplicates": …}` or `{"id": …, "error": code}`. It ends with its stdin.
The store is named by BOLT_URI, BOLT_USER and BOLT_PASSWORD. Run it as `python -m tests.kit.intake_process`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import orjson

from domain.errors import RegularsError
from graph.store.database import connect
from ingest.intake import Intake
from tests.kit.building import intake_of, read, settings_of


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    uri, user, password = (os.environ[name] for name in ("BOLT_URI", "BOLT_USER", "BOLT_PASSWORD"))
    async with (
        connect(settings_of(), uri=uri, user=user, password=password) as database,
        intake_of(database, intake_batch=40) as intake,
        asyncio.TaskGroup() as tasks,
    ):
        while line := await reader.readline():
            tasks.create_task(answer(intake, orjson.loads(line)))


async def answer(intake: Intake, batch: dict[str, Any]) -> None:
    said: dict[str, Any] = {"id": batch["id"]}
    try:
        outcomes = await intake.submit(read(batch["events"]))
    except RegularsError as error:
        said["error"] = error.code
    else:
        status = [outcome.status for outcome in outcomes]
        said |= {"accepted": status.count("accepted"), "duplicates": status.count("duplicate")}
    sys.stdout.buffer.write(orjson.dumps(said) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    asyncio.run(main())
