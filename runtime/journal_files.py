"""The files of a journal: lines of JSON that are only ever appended, each durable before it counts as written."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson

from domain.private_files import append

MAX_FILE = 64 * 2**20
"""Bytes of a file of the journal; then the next one begins."""

_REFUSALS = "consent-refusals"


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where a journal is complete: a time (RFC 3339), and the id of the last decision."""

    until: str
    decision: str = ""


@dataclass(frozen=True, slots=True)
class JournalFiles:
    """A folder of files `00000001.ndjson`, …, and in `consent-refusals` a file for each day."""

    folder: Path

    def entries(self) -> Iterator[dict[str, Any]]:
        """All lines, the oldest first, but for those that a crash cut off."""
        for file in self._files():
            yield from _entries(file)

    def position(self) -> Position | None:
        """Where to go on; None in an empty journal. What stands behind it was not finished and is written once more."""
        for file in reversed(self._files()):
            if positions := [entry["position"] for entry in _entries(file) if "position" in entry]:
                return Position(**positions[-1])
        return None

    def append(self, entries: Iterable[Any], position: Position | None = None) -> None:
        """Adds entries, and up to where the journal is complete with them. All are durable when this returns. Only for
        the process that holds the lock."""
        lines = [*entries, *([] if position is None else [{"position": asdict(position)}])]
        append(self._current(), map(orjson.dumps, lines))

    def append_refusals(self, entries: Iterable[Any], day: date) -> None:
        """Adds refusals of consent, which any process may do, at any time. All are durable when this returns."""
        append(self.folder / _REFUSALS / f"{day}.ndjson", map(orjson.dumps, entries))

    def refusals(self) -> Iterator[dict[str, Any]]:
        """All refusals of consent, the oldest day first."""
        for file in sorted((self.folder / _REFUSALS).glob("*.ndjson")):
            yield from _entries(file)

    def forget(self, before: datetime) -> None:
        """Deletes files that were last written before that time, but never the newest."""
        for file in (*self._files()[:-1], *(self.folder / _REFUSALS).glob("*.ndjson")):
            if file.stat().st_mtime < before.timestamp():
                file.unlink()

    @contextmanager
    def lock(self) -> Generator[bool]:
        """Whether this process is the one that writes: it holds the folder's lock meanwhile, or another one does."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield True
                return
            yield False
        finally:
            os.close(descriptor)  # and with it goes the lock

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.ndjson"))

    def _current(self) -> Path:
        """The file to append to."""
        files = self._files()
        if not files or files[-1].stat().st_size >= MAX_FILE:
            return self.folder / f"{int(files[-1].stem) + 1 if files else 1:08}.ndjson"
        return files[-1]


def _entries(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        for line in lines:
            with suppress(orjson.JSONDecodeError):
                yield orjson.loads(line)
