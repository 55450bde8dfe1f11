"""Java, ports, disk, locks, run file, password and failures: each alone, on the real operating system."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from domain.errors import SetupError
from domain.settings import Settings
from graph.local import runfile
from graph.local.disk import disk_faults, require_space
from graph.local.failures import died
from graph.local.java import Java, find_java, java_in
from graph.local.locks import file_lock
from graph.local.password import ensure_password, password_file, read_password, write_private
from graph.local.ports import Ports, claim
from graph.local.runfile import RunFile, home_argument
from graph.local.server_config import java_options, neo4j_conf

Make = Callable[..., Settings]


def java_home(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch(mode=0o755)
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


@pytest.mark.parametrize(("version", "release"), [("21.0.2", 21), ("25", 25), ("17.0.1", 17), ("1.8.0_392", 8)])
def test_java_release(tmp_path: Path, version: str, release: int) -> None:
    home = java_home(tmp_path / "java", version)
    assert java_in(home) == Java(home / "bin" / "java", release)


def test_java_home_serves_only_when_it_is_new_enough(tmp_path: Path) -> None:
    old, new = java_home(tmp_path / "old", "17.0.1"), java_home(tmp_path / "new", "21.0.2")
    bundled = find_java({})
    assert bundled.release >= 21
    assert find_java({"JAVA_HOME": str(new)}).executable == new / "bin" / "java"
    assert find_java({"JAVA_HOME": str(old)}) == bundled
    assert find_java({"JAVA_HOME": str(tmp_path / "none")}) == bundled
    with pytest.raises(SetupError, match=r"old \(Java 17\).*none \(no Java\)") as raised:
        find_java({"JAVA_HOME": str(old)}, bundled=tmp_path / "none")
    assert "uv sync" in (raised.value.hint or "")


@pytest.mark.parametrize("field", ["neo4j_bolt_port", "neo4j_http_port"])
def test_a_taken_port_is_named_with_its_setting(tmp_path: Path, neo4j_settings: Make, field: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=f"Port {port} ") as raised:
            claim(neo4j_settings(tmp_path, **{field: port}))
    assert f"REGULARS_{field.upper()}" in (raised.value.hint or "")


def test_free_ports_differ_and_given_ones_are_kept(tmp_path: Path, neo4j_settings: Make) -> None:
    found = claim(neo4j_settings(tmp_path))
    assert found.bolt != found.http
    assert claim(neo4j_settings(tmp_path, neo4j_bolt_port=found.bolt)).bolt == found.bolt


def test_space_is_looked_at_before_work(tmp_path: Path) -> None:
    require_space(tmp_path, 1)
    with pytest.raises(SetupError, match="is full") as raised:
        require_space(tmp_path, 2**60)
    assert "REGULARS_STATE_DIR" in (raised.value.hint or "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_no_space_left_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=str(tmp_path)), disk_faults(tmp_path):
        Path("/dev/full").write_text("x")


def test_other_faults_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be written"), disk_faults(tmp_path):
        raise PermissionError(errno.EACCES, "no")
    with pytest.raises(FileNotFoundError), disk_faults(tmp_path):
        (tmp_path / "none").read_text()


def test_a_lock_has_one_holder_and_dies_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = (
        "import sys, time; from pathlib import Path; from graph.local.locks import file_lock\n"
        "with file_lock(Path(sys.argv[1]), timeout=5, what='x'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(SetupError, match="Another start holds"), file_lock(path, timeout=0.1, what="another start"):
            pass
        holder.kill()
        holder.wait()
        with file_lock(path, timeout=5, what="another start"):
            assert path.exists()


def test_a_run_file_knows_its_process_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    me = psutil.Process()
    run = RunFile(me.pid, me.create_time(), 1, 2, "x", tied=False)
    runfile.write(path, run)
    assert runfile.living(path, tmp_path) == run

    runfile.write(path, replace(run, started=run.started - 1000))  # our number, once another's
    assert runfile.living(path, tmp_path) is None
    assert not path.exists()


def test_a_corrected_clock_does_not_hide_a_server(tmp_path: Path) -> None:
    command = [sys.executable, "-uc", "import time; print(); time.sleep(60)", home_argument(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout
        server.stdout.readline()  # a process that has not begun shows no command line yet
        run = RunFile(server.pid, psutil.Process(server.pid).create_time() - 3600, 1, 2, "x", tied=False)
        assert run.process(tmp_path)
        assert run.process(tmp_path / "other") is None
        server.kill()
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)  # ended, and still in the process table
        assert run.process(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"unknown": true}'])
def test_a_broken_run_file_is_no_run_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "server.json"
    path.write_text(text)
    assert runfile.read(path) is None


def test_a_password_is_random_private_and_kept(tmp_path: Path, neo4j_settings: Make) -> None:
    settings = neo4j_settings(tmp_path)
    before = os.umask(0)
    try:
        first = ensure_password(settings, tmp_path)
    finally:
        os.umask(before)
    assert password_file(tmp_path).stat().st_mode & 0o777 == 0o600
    assert len(first) >= 24
    assert ensure_password(settings, tmp_path) == first == read_password(tmp_path)
    (tmp_path / "other").mkdir()
    assert ensure_password(settings, tmp_path / "other") != first


def test_a_password_that_cannot_match_the_store_is_a_setup_error(tmp_path: Path, neo4j_settings: Make) -> None:
    write_private(password_file(tmp_path), "the-first-one\n")
    with pytest.raises(SetupError, match="REGULARS_NEO4J_PASSWORD is not"):
        ensure_password(neo4j_settings(tmp_path, neo4j_password="another-one"), tmp_path)
    password_file(tmp_path).unlink()
    with pytest.raises(SetupError, match="shorter than 8"):
        ensure_password(neo4j_settings(tmp_path, neo4j_password="short"), tmp_path)
    (tmp_path / "data" / "databases").mkdir(parents=True)
    with pytest.raises(SetupError, match="is gone"):
        ensure_password(neo4j_settings(tmp_path), tmp_path)


def test_the_configuration_follows_the_settings(tmp_path: Path, neo4j_settings: Make) -> None:
    settings = neo4j_settings(tmp_path, port=8123, neo4j_page_cache="256m")
    conf = dict(
        line.split("=", 1)
        for line in neo4j_conf(settings, Ports(7001, 7002)).splitlines()
        if not line.startswith(("#", "server.jvm.additional"))
    )
    assert conf["server.bolt.advertised_address"] == conf["server.bolt.listen_address"] == "127.0.0.1:7001"
    assert conf["server.http.advertised_address"] == conf["server.http.listen_address"] == "127.0.0.1:7002"
    assert conf["server.memory.pagecache.size"] == "256m"
    assert conf["server.memory.heap.max_size"] == settings.neo4j_heap
    assert conf["db.logs.query.enabled"] == "OFF"
    assert conf["dbms.usage_report.enabled"] == "false"
    assert conf["browser.post_connect_cmd"] == (
        "style http://127.0.0.1:8123/browser/style.grass; play http://127.0.0.1:8123/browser/start.html"
    )
    assert "127.0.0.1" in conf["browser.remote_content_hostname_whitelist"].split(",")
    assert "browser.post_connect_cmd" not in neo4j_conf(neo4j_settings(tmp_path, port=0), Ports(1, 2))


def test_java_options_quote_paths_and_know_releases(tmp_path: Path, neo4j_settings: Make) -> None:
    jars = [Path("/a b/one.jar"), Path("/c/two.jar")]
    text = java_options(neo4j_settings(tmp_path), Java(Path("java"), 25), jars)
    assert '"/a b/one.jar:/c/two.jar"' in text.splitlines()
    assert '"-Xmx512m"' in text.splitlines()
    assert "--sun-misc-unsafe-memory-access=allow" in text
    assert "--sun-misc-unsafe" not in java_options(neo4j_settings(tmp_path), Java(Path("java"), 21), jars)


def test_a_dead_server_is_explained_by_its_log(tmp_path: Path) -> None:
    log = tmp_path / "console.log"
    assert "the log is empty" in died(log).message
    lines = [*(f"line {number}" for number in range(40)), "bind: Address already in use", *["\tat org.Example"] * 30]
    log.write_text("\n".join(lines))
    error = died(log)
    assert "line 39" in error.message
    assert "line 20" not in error.message
    assert "port" in (error.hint or "")
