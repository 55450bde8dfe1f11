"""The error for a server that does not start: the last lines of its log and the next step."""

from __future__ import annotations

from pathlib import Path

from domain.errors import SetupError

_LINES = 15
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
