"""Against a small repository served from a folder: the real resolver, the real file system, no network.

Tests graph.local.relock too.
"""

from __future__ import annotations

import functools
import hashlib
import multiprocessing
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from domain.errors import SetupError
from graph.local import BROWSER_VERSION, NEO4J_VERSION
from graph.local.jars import ROOTS, Jar, ensure_jars, jars_dir, locked_jars
from tests.kit.waiting import LONG_S

COORDINATES = ("org.example:one:jar:1.0", "org.example:two:jar:linux-x86_64:2.0", "org.example:three:jar:3.0")


class Repository(ThreadingHTTPServer):
    """Serves a folder and counts what was asked for; `stall` names a file of which half is sent, then nothing."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.stall: str | None = None
        self.release = threading.Event()
        super().__init__(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        repository = self.server
        assert isinstance(repository, Repository)
        repository.asked.append(self.path)
        if repository.stall and self.path.endswith(repository.stall):
            content = Path(self.translate_path(self.path)).read_bytes()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            repository.release.wait(30)
            return
        super().do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def jars(tmp_path: Path) -> list[Jar]:
    made: list[Jar] = []
    for number, coordinate in enumerate(COORDINATES):
        content = bytes([number]) * 100_000
        jar = Jar(coordinate, hashlib.sha256(content).hexdigest(), len(content))
        group, artifact, *_, version = coordinate.split(":")
        path = tmp_path / "repository" / group.replace(".", "/") / artifact / version / jar.filename
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        made.append(jar)
    return made


@pytest.fixture
def repository(tmp_path: Path, jars: list[Jar]) -> Iterator[Repository]:
    with Repository(tmp_path / "repository") as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.release.set()
        server.shutdown()
        thread.join()


def test_fetches_once_in_class_path_order(tmp_path: Path, jars: list[Jar], repository: Repository) -> None:
    reports: list[tuple[int, int]] = []
    cache = tmp_path / "cache"
    first = ensure_jars(
        cache, jars=jars, repository=repository.url, progress=lambda done, total: reports.append((done, total))
    )
    assert [path.name for path in first] == ["one-1.0.jar", "two-2.0-linux-x86_64.jar", "three-3.0.jar"]
    assert [path.read_bytes()[:1] for path in first] == [b"\0", b"\1", b"\2"]
    assert reports[-1] == (300_000, 300_000)
    assert sorted(reports) == reports

    asked = len(repository.asked)
    assert ensure_jars(cache, jars=jars, repository=repository.url) == first
    assert len(repository.asked) == asked
    assert not list(jars_dir(cache).glob(".partial-*"))


def test_a_jar_with_another_digest_is_refused_and_not_kept(
    tmp_path: Path, jars: list[Jar], repository: Repository
) -> None:
    forged = Jar(jars[1].coordinate, "0" * 64, jars[1].size)
    with pytest.raises(SetupError, match=r"two-2\.0-linux-x86_64\.jar \(its SHA-256") as raised:
        ensure_jars(tmp_path / "cache", jars=[jars[0], forged], repository=repository.url)
    assert raised.value.hint
    assert not (jars_dir(tmp_path / "cache") / forged.filename).exists()


def test_no_network_and_no_such_jar_are_setup_errors(tmp_path: Path, jars: list[Jar], repository: Repository) -> None:
    with pytest.raises(SetupError, match="could not be downloaded") as raised:
        ensure_jars(tmp_path / "cache", jars=jars, repository="http://127.0.0.1:1")
    assert "REGULARS_NEO4J_URI" in (raised.value.hint or "")
    unknown = Jar("org.example:none:jar:1.0", "0" * 64, 1)
    with pytest.raises(SetupError, match=r"none-1\.0\.jar \(not in the repository\)"):
        ensure_jars(tmp_path / "cache", jars=[unknown], repository=repository.url)


def test_a_killed_download_leaves_no_broken_jar_and_is_taken_up_again(
    tmp_path: Path, jars: list[Jar], repository: Repository
) -> None:
    cache = tmp_path / "cache"
    repository.stall = jars[2].filename
    rows = "\n".join(f"{jar.coordinate} {jar.sha256} {jar.size}" for jar in jars)
    program = (
        "import sys; from pathlib import Path; from graph.local.jars import ensure_jars, locked_jars\n"
        "ensure_jars(Path(sys.argv[1]), jars=locked_jars(sys.argv[2]), repository=sys.argv[3])"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(cache), rows, repository.url]) as victim:
        whole = [jars_dir(cache) / jar.filename for jar in jars[:2]]
        _until(lambda: all(path.exists() for path in whole) and _partial(cache, jars[2]))
        victim.send_signal(signal.SIGKILL)
    assert not (jars_dir(cache) / jars[2].filename).exists()
    assert list(jars_dir(cache).glob(".partial-*"))

    repository.stall = None
    repository.asked.clear()
    ensure_jars(cache, jars=jars, repository=repository.url)
    assert {Path(path).name for path in repository.asked} == {jars[2].filename, f"{jars[2].filename}.sha1"}
    assert not list(jars_dir(cache).glob(".partial-*"))


def test_two_processes_fetch_each_jar_once(tmp_path: Path, jars: list[Jar], repository: Repository) -> None:
    context = multiprocessing.get_context("spawn")
    fetch = functools.partial(ensure_jars, tmp_path / "cache", jars=jars, repository=repository.url)
    processes = [context.Process(target=fetch) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    fetched = [path for path in repository.asked if path.endswith(".jar")]
    assert len(fetched) == len(set(fetched)) == len(jars)


def test_a_full_disk_is_found_before_the_download(tmp_path: Path, jars: list[Jar], repository: Repository) -> None:
    huge = Jar(jars[0].coordinate, jars[0].sha256, 2**60)
    with pytest.raises(SetupError, match="is full"):
        ensure_jars(tmp_path / "cache", jars=[huge], repository=repository.url)
    assert not repository.asked


def test_the_lock_file_is_one_release_of_neo4j_and_its_browser() -> None:
    jars = locked_jars()
    coordinates = [jar.coordinate for jar in jars]
    assert [coordinate.replace(":jar:", ":") for coordinate in coordinates[:3]] == list(ROOTS)
    assert len({jar.filename for jar in jars}) == len(jars)
    own = {
        jar.coordinate.rpartition(":")[2] for jar in jars if jar.coordinate.startswith(("org.neo4j:", "org.neo4j.app:"))
    }
    assert own == {NEO4J_VERSION}
    assert jars[2].filename == f"neo4j-browser-{BROWSER_VERSION}.jar"
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)
    assert 150e6 < sum(jar.size for jar in jars) < 250e6


def _partial(cache: Path, jar: Jar) -> bool:
    return any(path.stat().st_size > 0 for path in jars_dir(cache).glob(f".partial-*/**/{jar.filename}"))


def _until(condition: object, seconds: float = LONG_S) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
