"""The error for a server that does not start: the last lines of its log and the next step."""

from __future__ import annotations

import re
from pathlib import Path

from domain.errors import SetupError

_LINES = 15
_TAIL = 2**20
_CAUSE = re.compile(r'"stacktrace":"(?:[\w.$]+: )+((?:[^"\\.]|\.(?! ))+)')
_HINTS = (
    ("Address already in use", "Another program took the port: run the command again."),
    ("No space left on device", "The disk is full: free some space, or set REGULARS_STATE_DIR to another disk."),
    ("could not reserve enough space", "The machine lacks memory: set REGULARS_NEO4J_HEAP to less."),
    ("Cannot allocate memory", "The machine lacks memory: set REGULARS_NEO4J_HEAP and REGULARS_NEO4J_PAGE_CACHE."),
    ("Invalid initial heap size", "Write REGULARS_NEO4J_HEAP as a number and a unit: 512m, 2g."),
    ("server.memory.pagecache.size", "Write REGULARS_NEO4J_PAGE_CACHE as a number and a unit: 512m, 2g."),
    ("locked by another process", "Another Neo4j uses this store: stop it, then run the command again."),
)


def died(log: Path) -> SetupError:
    """The error for a server that ended during its start."""
    tail = last_lines(log)
    return SetupError(
        f"Neo4j ended during its start. The last lines of its log:\n{tail}", hint=hint_for(tail) or f"The log: {log}"
    )


def not_up(message: str, log: Path) -> SetupError:
    """The error for a server that runs and whose database did not come up: Neo4j's `message`, and its debug log."""
    return SetupError(
        f"Neo4j runs, but its database did not come up: {_last_cause(log) or message}",
        hint=f"Restore the last backup and the journal: docs/runbooks.md, 11. The log: {log}",
    )


def _last_cause(log: Path) -> str | None:
    """The first sentence of the last error in Neo4j's debug log, which holds a JSON object a line."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    for line in reversed(lines):
        if '"level":"ERROR"' in line and (cause := _CAUSE.search(line)):
            return cause[1]
    return None


def halted(pid: int) -> SetupError:
    """The error for a server's process that somebody has halted."""
    return SetupError(
        f"The process of Neo4j ({pid}) is halted (SIGSTOP).",
        hint=f"Let it go on: kill -CONT {pid}. Or end it: regulars neo4j stop --kill, then regulars neo4j start.",
    )


def silent(pid: int, log: Path) -> SetupError:
    """The error for a server that runs and does not answer."""
    return SetupError(
        f"Neo4j (process {pid}) runs and does not answer.",
        hint=f"Wait a minute if it has just started: a large store may be recovering ({log}). If it hangs: regulars "
        "neo4j stop --kill, then regulars neo4j start. Nothing that was acknowledged is lost.",
    )


def hint_for(output: str) -> str | None:
    """The next step for an output of Java or Neo4j; None where the cause is unknown."""
    return next((hint for sign, hint in _HINTS if sign.lower() in output.lower()), None)


def too_slow(pid: int, seconds: float, log: Path) -> SetupError:
    """The error for a server that runs and does not answer."""
    return SetupError(
        f"Neo4j (process {pid}) does not answer after {seconds:.0f} seconds. The last lines of its log:\n"
        f"{last_lines(log)}",
        hint=f"A large store may be recovering, or the machine is overloaded: see {log}, then run the command again.",
    )


def last_lines(log: Path) -> str:
    """The end of the log, or a note that there is none."""
    try:
        lines = log.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    # Without stack frames: Neo4j's own messages are among them.
    messages = [line for line in lines if not line.startswith(("\tat ", "\t... "))]
    return "\n".join(messages[-_LINES:]) or "(the log is empty)"
