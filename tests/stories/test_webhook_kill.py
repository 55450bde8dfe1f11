"""Kill -9 of the processes that deliver: every event arrives, in order, and what arrives twice has the same id."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from bench.kit.children import environment, stop
from engagement.webhooks.receiver import Receiver, Secret
from graph.feed import Feed
from graph.local import Running
from graph.store.database import Database
from graph.webhooks import Webhooks
from tests.kit.building import READER, VAULT, committer_of, read, settings_of
from tests.kit.hook_receiver import hook_receiver
from tests.kit.story import ANN_AT_TILL, order
from tests.kit.waiting import until

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

ORDERS, KILLS = 40, (5, 17)
"""The orders, and the arrivals at which the process that sent it dies before it has the answer."""


async def test_no_event_is_lost_with_a_process(store: Database, neo4j_server: Running, tmp_path: Path) -> None:
    settings = settings_of(
        state_dir=tmp_path,
        neo4j_uri=neo4j_server.bolt_uri,
        neo4j_user=neo4j_server.user,
        neo4j_password=neo4j_server.password,
        job_lease_s=5,
        feed_every_s=0.1,
    )
    processes: list[subprocess.Popen[bytes]] = []

    def start() -> None:
        command = [sys.executable, "-m", "cli.main", "--verbose", "jobs", "run"]
        with (tmp_path / "jobs.log").open("ab") as log:
            processes.append(subprocess.Popen(command, env=environment(settings), stdout=log, stderr=log))

    with hook_receiver() as hooks:

        def answer(number: int) -> int:
            if number in KILLS:
                for process in processes:
                    if process.poll() is None and _sends_to(process.pid, hooks.port):
                        process.kill()
                        process.wait()
            return 204

        hooks.answer = answer
        receiver = Receiver("w", hooks.url, [Secret.new()])
        props = {"sealed": receiver.sealed(VAULT), "types": None, "brands": None, "createdBy": "test"}
        await Webhooks(store).create("w", props, place=await Feed(store).end())
        try:
            for _ in range(1 + len(KILLS)):
                start()
            committer = committer_of(store)
            for number in range(ORDERS):
                told = order("05T12:00", f"k-{number}", "pasta", f"{number + 1}.00", ANN_AT_TILL)
                assert all(await committer.commit([READER.claims(one) for one in read([told])]))
            rows = await store.read_text("MATCH (l:LedgerEntry) RETURN l.key AS key", operation="test")
            await until(lambda: len(set(hooks.ids)) == ORDERS)
        finally:
            await asyncio.gather(*(asyncio.to_thread(stop, process) for process in processes))
        arrived = hooks.ids
        assert set(arrived) == {row["key"] for row in rows}
        points = [event["data"]["points"] for event in hooks.events]
        assert list(dict.fromkeys(points)) == list(range(1, ORDERS + 1)), "each came first in the order of its cause"
        killed = [process for process in processes if process.returncode == -9]
        assert len(killed) == len(KILLS)
        assert len(arrived) > ORDERS, "what was sent as the process died is sent again"
        by_id = {headers["webhook-id"] for headers, _ in hooks.requests}
        assert len(by_id) == ORDERS


def _sends_to(pid: int, port: int) -> bool:
    return any(one.raddr and one.raddr.port == port for one in psutil.Process(pid).net_connections())
