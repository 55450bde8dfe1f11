"""One real server's life: two starters, a killed parent, what a stale file leads to, a death at the start."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from neo4j import GraphDatabase

from domain.errors import SetupError
from domain.settings import Settings
from graph.local import LocalNeo4j, Running
from graph.local.password import password_file, write_private
from tests.kit.waiting import LONG_S

pytestmark = pytest.mark.neo4j

STARTER = """
import json, sys, time; from dataclasses import asdict
from domain.settings import Settings; from graph.local import LocalNeo4j
running = LocalNeo4j(Settings.model_validate_json(sys.argv[1])).start(tied_to_parent=sys.argv[2] == "tied")
print(json.dumps(asdict(running)), flush=True)
if sys.argv[2] == "tied": time.sleep(300)
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, neo4j_settings: Callable[..., Settings]) -> Settings:
    return neo4j_settings(tmp_path_factory.mktemp("a place"))


@pytest.fixture(scope="module")
def local(settings: Settings) -> Iterator[LocalNeo4j]:
    local = LocalNeo4j(settings)
    # One random password in 64 begins so, and neo4j-admin would take it for an option.
    local.home.mkdir(parents=True)
    write_private(password_file(local.home), "-a-password-like-an-option\n")
    yield local
    local.stop()


def starter(settings: Settings, mode: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", STARTER, settings.model_dump_json(), mode], stdout=subprocess.PIPE)


def answer(process: subprocess.Popen[bytes]) -> dict[str, object]:
    assert process.stdout
    return json.loads(process.stdout.readline())


def count(running: Running) -> int:
    with GraphDatabase.driver(running.bolt_uri, auth=(running.user, running.password)) as driver:
        return driver.execute_query("MATCH (n:Kept) RETURN count(n) AS n", database_="neo4j").records[0]["n"]


def test_two_starters_at_once_get_one_server(settings: Settings, local: LocalNeo4j) -> None:
    with starter(settings, "detached") as one, starter(settings, "detached") as two:
        answers = [answer(one), answer(two)]
    assert answers[0]["pid"] == answers[1]["pid"]
    assert sorted(bool(each["found"]) for each in answers) == [False, True]

    running = local.start()
    assert running.found
    assert running.pid == answers[0]["pid"]
    assert local.answers(running)
    assert running.password not in repr(running)


def test_it_listens_on_loopback_only_and_tells_its_own_addresses(local: LocalNeo4j) -> None:
    running = local.status()
    assert running
    sockets = psutil.Process(running.pid).net_connections("inet")
    own = {each.laddr for each in sockets if each.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)}
    assert {address.ip.removeprefix("::ffff:") for address in own} == {"127.0.0.1"}
    assert {address.port for address in own} == {
        int(url.rpartition(":")[2]) for url in (running.bolt_uri, running.http_url)
    }
    with urllib.request.urlopen(running.http_url) as response:
        assert running.bolt_uri in json.load(response).values()
    with urllib.request.urlopen(running.browser_url) as response:
        assert b"Neo4j Browser" in response.read()


def test_parameters_reach_no_log(local: LocalNeo4j) -> None:
    running = local.status()
    assert running
    with GraphDatabase.driver(running.bolt_uri, auth=(running.user, running.password)) as driver:
        driver.execute_query("CREATE (:Kept {name: $name})", name="Zebulon", database_="neo4j")
    logs = list((local.home / "logs").glob("*.log"))
    assert any(log.stat().st_size for log in logs)
    assert not [log.name for log in logs if "Zebulon" in log.read_text()]


def test_stop_writes_a_checkpoint(local: LocalNeo4j) -> None:
    assert local.stop()
    assert checkpoints(local) == 1
    assert local.status() is None
    assert not local.stop()


def test_a_server_tied_to_a_killed_process_stops_in_order(settings: Settings, local: LocalNeo4j) -> None:
    with starter(settings, "tied") as parent:
        pid = answer(parent)["pid"]
        running = local.status()
        assert running
        assert running.pid == pid
        assert running.tied
        assert count(running) == 1
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + LONG_S
    while local.status():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert checkpoints(local) == 2
    assert (local.home / "server.json").exists()  # stale: nobody was left to remove it


def test_a_stale_run_file_is_passed_over(local: LocalNeo4j) -> None:
    running = local.start(tied_to_parent=True)
    assert not running.found
    assert count(running) == 1
    assert local.stop()
    assert not (local.home / "server.json").exists()


def test_a_death_at_the_start_shows_the_log(settings: Settings, local: LocalNeo4j) -> None:
    wrong = settings.model_copy(update={"neo4j_page_cache": "plenty"})
    with pytest.raises(SetupError, match=r"(?s)ended during its start.*plenty") as raised:
        LocalNeo4j(wrong).start()
    assert "REGULARS_NEO4J_PAGE_CACHE" in (raised.value.hint or "")
    assert local.status() is None
    assert not (local.home / "server.json").exists()


def test_with_an_own_neo4j_the_embedded_one_is_never_touched(settings: Settings, tmp_path: Path) -> None:
    own = LocalNeo4j(settings.model_copy(update={"neo4j_uri": "bolt://example.test", "state_dir": tmp_path / "none"}))
    for action in (own.start, own.stop, own.status):
        with pytest.raises(SetupError, match="REGULARS_NEO4J_URI"):
            action()
    assert not (tmp_path / "none").exists()


def checkpoints(local: LocalNeo4j) -> int:
    """How often the database `neo4j` was closed in order."""
    lines = (local.home / "logs" / "debug.log").read_text().splitlines()
    return sum("[neo4j/" in line and "Database shutdown" in line and "completed" in line for line in lines)
