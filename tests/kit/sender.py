"""A sender that keeps a few batches on the way to an intake process and sends what was not acknowledged again."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from graph.local import Running
from tests.kit.hard_cases import Raw

Batch = tuple[int, Sequence[Raw]]
_AT_ONCE = 3


@dataclass
class Sender:
    """`acknowledged` counts what each answer said; `errors` are the codes of answers that said no."""

    server: Running
    batches: dict[int, Sequence[Raw]]
    log: Path | None = None
    acknowledged: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    errors: list[str] = field(default_factory=list[str])
    pid: int | None = None

    async def run(self, *, until: int | None = None) -> None:
        """Sends all that is not acknowledged through one process; returns when it died, or at `until` answers."""
        waiting = [(id_, events) for id_, events in self.batches.items() if id_ not in self.acknowledged]
        process = await self._start()
        assert process.stdin
        assert process.stdout
        try:
            on_the_way: dict[int, Sequence[Raw]] = {}
            while waiting or on_the_way:
                while waiting and len(on_the_way) < _AT_ONCE:
                    id_, events = waiting.pop(0)
                    on_the_way[id_] = events
                    process.stdin.write(orjson.dumps({"id": id_, "events": events}) + b"\n")
                line = await process.stdout.readline()
                if not line.endswith(b"\n"):
                    return
                said = orjson.loads(line)
                events = on_the_way.pop(said["id"])
                if "error" in said:
                    self.errors.append(said["error"])
                    waiting.append((said["id"], events))
                else:
                    self.acknowledged[said["id"]] = said
                if until is not None and len(self.acknowledged) >= until:
                    return
        finally:
            await self._end(process)

    def sent(self, ids: Sequence[int]) -> list[Raw]:
        return [event for id_ in ids for event in self.batches[id_]]

    async def _start(self) -> asyncio.subprocess.Process:
        server = self.server
        environment = os.environ | {
            "BOLT_URI": server.bolt_uri,
            "BOLT_USER": server.user,
            "BOLT_PASSWORD": server.password,
        }
        with open(self.log or os.devnull, "ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.kit.intake_process",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environment,
                limit=2**24,
            )
        self.pid = process.pid
        return process

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        """Lets it end by itself where all is answered, and kills it at once where not."""
        self.pid = None
        all_answered = len(self.acknowledged) == len(self.batches)
        if not all_answered and process.returncode is None:
            process.kill()
        assert process.stdin
        process.stdin.close()
        await process.wait()


def cut(events: Sequence[Raw], size: int) -> dict[int, Sequence[Raw]]:
    return {start // size: events[start : start + size] for start in range(0, len(events), size)}
