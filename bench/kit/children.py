"""Starts the service as a separate process, as in production, and ends it with this one, also on SIGTERM."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

from domain.errors import SetupError
from domain.private_folder import private_folder
from domain.settings import Settings

_READY_WITHIN_S = 180.0
_STOP_WITHIN_S = 30.0


def environment(settings: Settings) -> dict[str, str]:
    """These settings as the environment of a child process."""
    values = settings.model_dump(exclude_none=True)
    plain = {name: getattr(value, "get_secret_value", lambda value=value: value)() for name, value in values.items()}
    texts = {
        name: orjson.dumps(value).decode() if isinstance(value, dict) else str(value) for name, value in plain.items()
    }
    return os.environ | {f"REGULARS_{name.upper()}": text for name, text in texts.items()}


def child(arguments: list[str | Path], settings: Settings) -> dict[str, Any]:
    """Runs Python with these arguments under these settings; the JSON object that it prints. Raises SetupError."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, *map(str, arguments)], env=environment(settings), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SetupError(f"A part of the benchmark failed: {done.stderr.strip()[-1_000:]}")
    return orjson.loads(done.stdout[done.stdout.index("{") :])


@contextmanager
def serving(settings: Settings, log: Path, workers: int = 1) -> Generator[subprocess.Popen[bytes]]:
    """`regulars serve` under these settings, ready for requests; stopped in order at the end. Raises SetupError."""
    url = f"http://{settings.host}:{settings.port}"
    if _answers(url):
        raise SetupError(
            f"Port {settings.port} is taken.", hint="Stop what listens there, or set REGULARS_PORT to another port."
        )
    private_folder(log.parent)
    with _ended_in_order():
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "cli.main", "serve", "--workers", str(workers)],
                env=environment(settings),
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )
        try:
            wait_until_ready(process, url, log)
            yield process
        finally:
            stop(process)


@contextmanager
def _ended_in_order() -> Generator[None]:
    """SIGTERM raises SystemExit meanwhile, so that all that is open is closed. By default it would end this process
    alone."""

    def end(number: int, _: object) -> None:
        sys.exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a process in order, and by force when it does not react."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Returns when the child answers its readiness check. Raises SetupError where it ends or stays silent."""
    deadline = time.monotonic() + _READY_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        if _answers(f"{url}/health/ready"):
            return
        time.sleep(0.1)
    last = log.read_text("utf-8", "replace").strip().splitlines()[-3:]
    raise SetupError("The service did not start.", hint=f"The end of {log}: " + " / ".join(last))


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False
