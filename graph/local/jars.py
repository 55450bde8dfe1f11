"""The jars of Neo4j: a pinned list, fetched once into the user's cache and checked by SHA-256, never left incomplete.

`jars.lock` names every jar with its digest and size (`relock.py` makes it with jgo's resolver), so a start resolves
nothing: it checks that the files exist. jgo downloads into a scratch folder and each checked jar is moved into place in
one step, so a killed download leaves whole jars and a scratch folder; the next one removes that and continues.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import SetupError
from graph.local.disk import disk_faults, require_space
from graph.local.locks import file_lock

if TYPE_CHECKING:
    from jgo.maven import MavenContext

NEO4J_VERSION = "2026.08.1"
BROWSER_VERSION = "5.24.0"
ROOTS = (
    f"org.neo4j.app:neo4j-server:{NEO4J_VERSION}",
    f"org.neo4j:neo4j:{NEO4J_VERSION}",
    f"org.neo4j.client:neo4j-browser:{BROWSER_VERSION}",
)
"""The roots whose closure the lock file holds. Community edition: nothing here names an enterprise artifact."""

Progress = Callable[[int, int], None]
"""Called with (bytes fetched, bytes in all), from one thread at a time."""

_WORKERS = 6
_TRIES = 3
_TIMEOUT_S = 30
_WAIT_FOR_OTHER_S = 1800.0
_SPARE = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock file: Maven coordinate, SHA-256 in hex, size in bytes."""

    coordinate: str
    sha256: str
    size: int

    @property
    def filename(self) -> str:
        """`artifact-version[-classifier].jar`; unique in the lock file, as a test checks."""
        _, artifact, _, *classifier, version = self.coordinate.split(":")
        return "-".join([artifact, version, *classifier]) + ".jar"


class FetchFailed(Exception):
    """A jar could not be fetched; the message names it and the reason."""


def locked_jars(text: str | None = None) -> tuple[Jar, ...]:
    """The jars of `jars.lock` (or of `text`), in class path order."""
    if text is None:
        text = resources.files("graph.local").joinpath("jars.lock").read_text("utf-8")
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(Jar(coordinate, sha256, int(size)) for coordinate, sha256, size in rows)


def jars_dir(cache_dir: Path) -> Path:
    """The folder of this version's jars; a new version gets a folder beside the old one."""
    return cache_dir.expanduser().absolute() / f"neo4j-{NEO4J_VERSION}"


def ensure_jars(
    cache_dir: Path,
    *,
    progress: Progress | None = None,
    jars: Sequence[Jar] | None = None,
    repository: str | None = None,
) -> list[Path]:
    """The class path: every locked jar, whole and checked. Fetches what is missing; two processes may run it at once.

    `repository` replaces Maven Central. Raises SetupError when a jar cannot be fetched or the disk is full.
    """
    wanted = locked_jars() if jars is None else tuple(jars)
    folder = jars_dir(cache_dir)
    if _missing(folder, wanted):
        with disk_faults(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with file_lock(folder / ".lock", timeout=_WAIT_FOR_OTHER_S, what="another download of Neo4j's jars"):
                missing = _missing(folder, wanted)  # again: the holder of the lock may have fetched them
                if missing:
                    require_space(folder, sum(jar.size for jar in missing) + _SPARE)
                    _fetch(folder, missing, progress, repository)
    return [folder / jar.filename for jar in wanted]


def _missing(folder: Path, wanted: Sequence[Jar]) -> list[Jar]:
    # Size is enough here: a file under its final name was checked by digest before it was moved there.
    def size(path: Path) -> int:
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return -1

    return [jar for jar in wanted if size(folder / jar.filename) != jar.size]


def _fetch(folder: Path, jars: Sequence[Jar], progress: Progress | None, repository: str | None) -> None:
    for rubbish in folder.glob(".partial-*"):  # we hold the lock, so the process that made it is dead
        shutil.rmtree(rubbish, ignore_errors=True)
    meter = _Meter(sum(jar.size for jar in jars), progress)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".partial-", ignore_cleanup_errors=True) as scratch:
        context = maven(Path(scratch), repository, meter)
        with ThreadPoolExecutor(_WORKERS, thread_name_prefix="jars") as pool:
            tasks = [pool.submit(_fetch_one, context, jar, folder, meter) for jar in jars]
            try:
                wait(tasks, return_when=FIRST_EXCEPTION)
                failed = [error for task in tasks if task.done() and (error := task.exception())]
            finally:
                meter.stopped = True
                pool.shutdown(wait=True, cancel_futures=True)
    for error in failed:
        if not isinstance(error, FetchFailed):
            raise error
        raise SetupError(
            f"Neo4j's jars could not be downloaded: {error}.",
            hint="Look at the network or proxy (HTTPS_PROXY) and run the command again: it continues where it stopped. "
            "A mirror is named under [repositories] in ~/.config/jgo.conf; or set REGULARS_NEO4J_URI to a Neo4j "
            "of your own.",
        ) from error


def _fetch_one(context: MavenContext, jar: Jar, folder: Path, meter: _Meter) -> None:
    import requests

    artifact = context.create_dependency(jar.coordinate).artifact
    reason = ""
    for attempt in range(_TRIES):
        if meter.stopped:
            return
        path = artifact.cached_path
        assert path is not None
        path.unlink(missing_ok=True)  # jgo would accept the file of an earlier try as complete
        try:
            context.resolver.download(artifact)
        except (requests.RequestException, RuntimeError) as error:
            reason = type(error).__name__ if isinstance(error, requests.RequestException) else "not in the repository"
        else:
            if path.stat().st_size == jar.size and _sha256(path) == jar.sha256:
                path.replace(folder / jar.filename)
                return
            reason = "its SHA-256 is not the one in jars.lock"
        time.sleep(0.5 * attempt)
    raise FetchFailed(f"{jar.filename} ({reason})")


def maven(repo_cache: Path, repository: str | None = None, meter: _Meter | None = None) -> MavenContext:
    """jgo's access to Maven Central (or `repository`), mirrors of the user's jgo configuration first."""
    try:
        from jgo.config import GlobalSettings
        from jgo.constants import MAVEN_CENTRAL_URL
        from jgo.maven import MavenContext, PythonResolver
    except ImportError:
        raise SetupError(
            "What downloads the embedded Neo4j is not installed.",
            hint="Install the extra `regulars[embedded]`, or set REGULARS_NEO4J_URI to a Neo4j of your own.",
        ) from None

    mirrors = {"repository": repository} if repository else GlobalSettings.load().repositories
    return MavenContext(
        resolver=PythonResolver(progress_callback=meter.file if meter else None),
        repo_cache=repo_cache,
        local_repos=[],
        remote_repos=mirrors if repository else {**mirrors, "central": MAVEN_CENTRAL_URL},
        timeout=_TIMEOUT_S,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Meter:
    """Adds up the bytes of all workers; setting `stopped` ends running downloads at their next block."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self._lock = threading.Lock()
        self.stopped = False

    @contextmanager
    def file(self, _name: str, _size: int) -> Generator[Callable[[int], None]]:
        """jgo's progress callback for one file."""
        yield self._add

    def _add(self, count: int) -> None:
        if self.stopped:
            raise FetchFailed("stopped")
        with self._lock:
            self._done += count
            if self._progress:
                self._progress(min(self._done, self._total), self._total)
