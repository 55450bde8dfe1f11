"""The embedded Neo4j of one state directory: reused if it runs, started if it does not, stopped in order.

    local = LocalNeo4j(settings())
    running = local.start()  # keeps running; with `tied_to_parent=True` it ends with this process, also by kill -9
    local.stop()             # the store is checkpointed

Everything is stored under `<state_dir>/neo4j`: data, conf, logs, the password (mode 0600), `server.json` while it runs.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import LiteralString, cast

import psutil
from neo4j import GraphDatabase, Query, Session
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from cypher import load
from domain.errors import SetupError
from domain.private_folder import private_folder
from domain.settings import Settings
from graph.local import password, ports, runfile, server_config, spawn
from graph.local.admin import Admin
from graph.local.disk import disk_faults, require_reserve, require_space
from graph.local.failures import died, halted, not_up, silent, too_slow
from graph.local.jars import NEO4J_VERSION, Progress, ensure_jars
from graph.local.java import Java, find_java
from graph.local.locks import file_lock
from graph.local.ports import LOOPBACK, Ports
from graph.local.runfile import RunFile

START_WITHIN_S = 120.0
STOP_WITHIN_S = 120.0
SPACE = 384 * 2**20
"""Free bytes without which no start is tried: Neo4j sets aside 2 x 64 MiB for the logs of a new store."""

_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Running:
    """How to reach a running server.

    `started` is in seconds since the epoch; `tied`: it ends with its starter; `found`: it ran before this call.
    """

    bolt_uri: str
    http_url: str
    user: str
    password: str = field(repr=False)
    pid: int
    started: float
    tied: bool
    found: bool

    @property
    def browser_url(self) -> str:
        """Neo4j Browser."""
        return f"{self.http_url}/browser/"


class LocalNeo4j:
    """The server of `settings.state_dir`. Several processes may use it at once: starts and stops wait for each other.

    Every method raises SetupError, with the next step as its hint, when the settings name a Neo4j of your own.
    """

    def __init__(self, settings: Settings, *, progress: Progress | None = None) -> None:
        self._settings = settings
        self._progress = progress
        self.home = settings.state_dir.expanduser().absolute() / "neo4j"
        self.password_file = password.password_file(self.home)
        self.log_file = self.home / "logs" / "console.log"
        self._conf = self.home / "conf"
        self._options = self._conf / "java.args"
        self._run_file = self.home / "server.json"

    def start(self, *, tied_to_parent: bool = False) -> Running:
        """The server, once it answers an authenticated transaction; a server that runs already is returned as it is."""
        self._refuse_external()
        private_folder(self.home.parent)
        private_folder(self.home)
        with disk_faults(self.home), self._lock():
            return self._found() or self._start(tied_to_parent)

    def stop(self, *, kill: bool = False) -> bool:
        """Stops the server after a checkpoint, whichever process started it. False when none ran.

        `kill` ends one that hangs, at once: the next start recovers what was committed.
        """
        self._refuse_external()
        if not self.home.is_dir():
            return False
        with self._lock():
            run = runfile.living(self._run_file, self.home)
            if run is None:
                return False
            self._end(run, kill=kill)
            return True

    def status(self) -> Running | None:
        """The server if its process lives, or None. It may still be starting: see `answers`."""
        self._refuse_external()
        run = runfile.read(self._run_file)
        return self._running(run) if run and run.process(self.home) else None

    def replace_store(self, arguments: Sequence[str], *, report: Path) -> None:
        """Fills the database of a stopped server from files, by `neo4j-admin database import full` with these
        arguments. The former content is gone.

        Raises SetupError where the server runs or was never started, or the import fails.
        """
        self._refuse_external()
        with self._lock():
            if self._runs() or not self._options.exists():
                raise SetupError("An import needs a server that was started before and is stopped now.")
            self._admin(find_java()).import_full(self._settings.neo4j_database, arguments, report=report)

    def holds_store(self) -> bool:
        """Whether there is a store of this database, running or not."""
        return (self.home / "data" / "databases" / self._settings.neo4j_database).exists()

    def dump(self, folder: Path) -> None:
        """Writes the store of a stopped server to a file of `folder`. Raises SetupError where it runs, or it fails."""
        self._refuse_external()
        with self._lock(), disk_faults(folder):
            if self._runs():
                raise SetupError("A dump needs a server that is stopped.", hint="Stop it: regulars neo4j stop")
            self._admin(self._prepare()[0]).dump(self._settings.neo4j_database, folder)

    def load(self, folder: Path) -> Path:
        """Replaces the store of a stopped server by the dump in `folder`; returns the folder of the former store.

        A server that was never started is set up first. Raises SetupError where it runs, or the dump does not load:
        the store is then unchanged.
        """
        self._refuse_external()
        private_folder(self.home.parent)
        private_folder(self.home)
        with disk_faults(self.home), self._lock():
            if self._runs():
                raise SetupError("A restore needs a server that is stopped.", hint="Stop it: regulars neo4j stop")
            return self._admin(self._prepare()[0]).load(self._settings.neo4j_database, folder)

    def answers(self, running: Running) -> bool:
        """True if the server answers a query of our user now. Raises SetupError when the password is refused."""
        try:
            with self._session(running, self._settings.neo4j_database) as session:
                # A transaction alone would not do: a database that did not come up lets one begin.
                session.run(Query(cast(LiteralString, load("schema/ready")), timeout=5)).consume()
        except AuthError as error:
            raise SetupError(
                f"The embedded Neo4j refuses the password in {self.password_file}.",
                hint="If it was changed in Neo4j, write the new one into that file.",
            ) from error
        except (DriverError, Neo4jError, OSError):
            return False
        return True

    def trouble(self, running: Running) -> SetupError | None:
        """Why a server that lives does not answer, with the next step; None where it does. Raises SetupError when the
        password is refused."""
        run = runfile.read(self._run_file)
        if run is not None and self._is_halted(run):
            return halted(run.pid)
        if self.answers(running):
            return None
        return self._did_not_come_up(running) or silent(running.pid, self.log_file)

    def _did_not_come_up(self, running: Running) -> SetupError | None:
        """The error where the server says that it has given up its database."""
        try:
            with self._session(running, "system") as session:
                rows = session.run(cast(LiteralString, load("store_state/databases"))).data()
        except (DriverError, Neo4jError, OSError):
            return None
        named = self._settings.neo4j_database
        failed = [row["message"] for row in rows if row["name"] == named and row["message"]]
        return not_up(failed[0], self.home / "logs" / "debug.log") if failed else None

    @contextmanager
    def _session(self, running: Running, database: str) -> Generator[Session]:
        with (
            GraphDatabase.driver(
                running.bolt_uri,
                auth=(running.user, running.password),
                connection_timeout=2,
                connection_acquisition_timeout=5,
                telemetry_disabled=True,
            ) as driver,
            driver.session(database=database) as session,
        ):
            yield session

    def require_reserve(self) -> None:
        """Raises StoreFull where the store's disk has less space left than the settings want."""
        require_reserve(self.home, self._settings.disk_reserve_mib * 2**20)

    def _found(self) -> Running | None:
        run = runfile.living(self._run_file, self.home)
        if run is None:
            return None
        if self._wait_until_ready(run):
            return self._running(run)
        runfile.living(self._run_file, self.home)  # it was stopping: remove its file as well
        return None

    def _start(self, tied: bool) -> Running:
        home = self.home
        java, chosen = self._prepare()
        options = self._options
        command = [str(java.executable), f"@{options}", server_config.MAIN_CLASS, runfile.home_argument(home)]
        process = spawn.spawn(
            [*command, f"--config-dir={self._conf}", "--console-mode"], log=self.log_file, cwd=home, tied=tied
        )
        run = RunFile(process.pid, process.create_time(), chosen.bolt, chosen.http, NEO4J_VERSION, tied)
        runfile.write(self._run_file, run)
        try:
            if not self._wait_until_ready(run):
                spawn.forget(run.pid)
                self._run_file.unlink(missing_ok=True)
                raise died(self.log_file)
        except BaseException:  # Ctrl-C too: otherwise an unknown server would keep running
            if run.process(home):
                self._end(run)
            raise
        return replace(self._running(run), found=False)

    def _prepare(self) -> tuple[Java, Ports]:
        """Jars, configuration and password, so that Java can run on this home."""
        settings, home = self._settings, self.home
        ports.claim(settings)  # before a download of minutes, not after it
        java = find_java()
        class_path = ensure_jars(settings.cache_dir, progress=self._progress)
        require_space(home, SPACE)
        for folder in (self._conf, self.log_file.parent):
            folder.mkdir(exist_ok=True)
        chosen = ports.claim(settings)
        self._options.write_text(server_config.java_options(settings, java, class_path), "utf-8")
        (self._conf / "neo4j.conf").write_text(server_config.neo4j_conf(settings, chosen), "utf-8")
        secret = password.ensure_password(settings, home)
        password.set_initial_password(secret, home, self._conf, java, self._options)
        return java, chosen

    def _admin(self, java: Java) -> Admin:
        return Admin(self.home, self._conf, java, self._options)

    def _runs(self) -> bool:
        return runfile.living(self._run_file, self.home) is not None

    def _wait_until_ready(self, run: RunFile) -> bool:
        """True once it answers, False when its process has ended. Raises SetupError when it takes too long."""
        running = self._running(run)
        deadline = time.monotonic() + START_WITHIN_S
        # HTTP answers last: a SIGTERM before that ends a half-started server, without a checkpoint.
        while not (ports.serves_http(run.http_port) and self.answers(running)):
            if run.process(self.home) is None:
                return False
            if failed := self._gave_up(run):
                raise failed
            if time.monotonic() > deadline:
                raise too_slow(run.pid, START_WITHIN_S, self.log_file)
            time.sleep(_POLL_S)
        return True

    def _is_halted(self, run: RunFile) -> bool:
        process = run.process(self.home)
        with suppress(psutil.NoSuchProcess):
            return process is not None and process.status() == psutil.STATUS_STOPPED
        return False

    def _gave_up(self, run: RunFile) -> SetupError | None:
        """The error where waiting for this server is in vain."""
        if self._is_halted(run):
            return halted(run.pid)
        return self._did_not_come_up(self._running(run)) if ports.serves_http(run.http_port) else None

    def _end(self, run: RunFile, *, kill: bool = False) -> None:
        if not kill and self._is_halted(run):
            raise halted(run.pid)
        deadline = time.monotonic() + STOP_WITHIN_S
        process = run.process(self.home)
        if process:
            with suppress(psutil.NoSuchProcess):
                (process.kill if kill else process.terminate)()
        while run.process(self.home):
            if time.monotonic() > deadline:
                raise SetupError(
                    f"Neo4j (process {run.pid}) has not stopped within {STOP_WITHIN_S:.0f} seconds.",
                    hint=f"It may be writing a large checkpoint: see {self.log_file}, then run the command again. If "
                    "it hangs: regulars neo4j stop --kill.",
                )
            time.sleep(_POLL_S)
        spawn.forget(run.pid)
        self._run_file.unlink(missing_ok=True)

    def _running(self, run: RunFile) -> Running:
        return Running(
            bolt_uri=f"bolt://{LOOPBACK}:{run.bolt_port}",
            http_url=f"http://{LOOPBACK}:{run.http_port}",
            user=password.USER,
            password=password.read_password(self.home),
            pid=run.pid,
            started=run.started,
            tied=run.tied,
            found=True,
        )

    def _lock(self) -> AbstractContextManager[None]:
        return file_lock(
            self.home / ".lock", timeout=START_WITHIN_S + STOP_WITHIN_S, what="another start or stop of Neo4j"
        )

    def _refuse_external(self) -> None:
        if self._settings.neo4j_uri:
            raise SetupError(
                "REGULARS_NEO4J_URI names a Neo4j of your own: the embedded one is not touched.",
                hint="Start and stop your own by its own means, or unset REGULARS_NEO4J_URI to use the embedded one.",
            )
