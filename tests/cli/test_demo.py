"""SIGTERM ends `regulars demo` and the service that it has started."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bench.kit.children import environment
from domain.settings import Settings
from graph.local import Running
from tests.kit.ports import free_ports
from tests.kit.waiting import LONG_S

# What `demo` waits in, without the made-up year.
DEMO = """
from bench.kit.children import serving
from domain.settings import settings

with serving(settings(), settings().state_dir / "service.log") as service:
    print(service.pid, flush=True)
    service.wait()
"""


@pytest.mark.neo4j
def test_the_service_ends_with_it(
    tmp_path: Path, neo4j_server: Running, neo4j_settings: Callable[..., Settings]
) -> None:
    store = neo4j_server
    address = {"neo4j_uri": store.bolt_uri, "neo4j_user": store.user, "neo4j_password": store.password}
    settings = neo4j_settings(tmp_path, port=free_ports(), **address)
    command = [sys.executable, "-c", DEMO]
    with subprocess.Popen(command, env=environment(settings), stdout=subprocess.PIPE) as demo:
        assert demo.stdout
        service = psutil.Process(int(demo.stdout.readline()))
        demo.send_signal(signal.SIGTERM)
        demo.wait(LONG_S)
    assert demo.returncode == 128 + signal.SIGTERM
    assert not service.is_running()
