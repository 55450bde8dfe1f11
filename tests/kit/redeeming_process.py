"""Commands about points and rewards in a process of its own, for races that two processes run.

The first line on stdin is the programme (JSON). Each further line is a list of commands that are sent at once,
`[{"key": …, "kind": …, …}]`, with rewards by id in `reward`. It is answered by a line on stdout, a list of `"won"` or
the code of an error. It ends with its stdin. The store is named by BOLT_URI, BOLT_USER and BOLT_PASSWORD. Run it as
`python -m tests.kit.redeeming_process`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from domain.errors import RegularsError
from graph.local import Running
from graph.store.database import connect
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import PointsCommands
from loyalty.programme.programme import Programme
from loyalty.rewards.reward_choice import Wanted
from tests.kit.building import settings_of

Asked = dict[str, Any]


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    uri, user, password = (os.environ[name] for name in ("BOLT_URI", "BOLT_USER", "BOLT_PASSWORD"))
    rules = Programme.model_validate_json(await reader.readline())
    async with connect(settings_of(), uri=uri, user=user, password=password) as database:
        await database.ready()
        points = PointsCommands(database)
        while line := await reader.readline():
            outcomes = await asyncio.gather(*(carry_out(points, rules, asked) for asked in orjson.loads(line)))
            sys.stdout.buffer.write(orjson.dumps(outcomes) + b"\n")
            sys.stdout.buffer.flush()


async def carry_out(points: PointsCommands, rules: Programme, asked: Asked) -> str:
    now = datetime.fromisoformat(asked.pop("now"))
    reward = asked.pop("reward", None)
    wanted = Wanted(rules, reward) if reward else None
    command = Command(asked=asked["key"], actor="race", wanted=wanted, **asked | {"kind": CommandKind(asked["kind"])})
    try:
        await points.carry_out(command, now)
    except RegularsError as error:
        return error.code
    return "won"


class RedeemingProcess:
    """The other end: a process that carries out what it is sent."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def carry_out(self, asked: Sequence[Asked]) -> list[str]:
        """What came of each."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(orjson.dumps(asked) + b"\n")
        return orjson.loads(await self._process.stdout.readline())


@asynccontextmanager
async def redeeming_process(server: Running, rules: Programme) -> AsyncGenerator[RedeemingProcess]:
    """Another process with a driver of its own to the same store."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kit.redeeming_process",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
        env=os.environ | {"BOLT_URI": server.bolt_uri, "BOLT_USER": server.user, "BOLT_PASSWORD": server.password},
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    try:
        assert process.stdin
        process.stdin.write(rules.model_dump_json(by_alias=True).encode() + b"\n")
        yield RedeemingProcess(process)
        process.stdin.close()
        await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


if __name__ == "__main__":
    asyncio.run(main())
