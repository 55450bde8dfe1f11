"""`regulars slow`: slow statements and operations, from the service's log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, BinaryIO

import orjson
import typer
from rich.table import Table

from cli.kit.shown_tables import show_table

_EVENTS = {"statement.slow": "statement", "graphql": "operation"}


@dataclass(slots=True)
class Took:
    """How often a statement or operation was logged, its milliseconds, and the request in which it took longest."""

    kind: str
    name: str
    times: int = 0
    total_ms: float = 0.0
    longest_ms: float = 0.0
    request: str | None = field(default=None)

    def add(self, ms: float, request: str | None) -> None:
        self.times += 1
        self.total_ms = round(self.total_ms + ms, 1)
        if ms >= self.longest_ms:
            self.longest_ms, self.request = ms, request


def slow(
    log: Annotated[typer.FileBinaryRead, typer.Argument(help="The service's log, or `-` for standard input.")],
    most: Annotated[int, typer.Option(min=1, help="Rows to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """List the slow statements and GraphQL operations of the service's log that took the most time."""
    report = slowest(log)[:most]
    if as_json:
        typer.echo(orjson.dumps([asdict(row) for row in report]))
        return
    table = Table("what", "name", "times", "total ms", "longest ms", "its request")
    for row in report:
        table.add_row(row.kind, row.name, str(row.times), f"{row.total_ms:g}", f"{row.longest_ms:g}", row.request or "")
    show_table(table)


def slowest(lines: BinaryIO | Iterable[bytes]) -> list[Took]:
    """Statements and operations, the largest total time first. Lines of another form are skipped."""
    by_name: defaultdict[tuple[str, str], Took] = defaultdict(lambda: Took("", ""))
    for line in lines:
        match _read(line):
            case {"event": str(event), "ms": int() | float() as ms, **rest} if event in _EVENTS:
                kind = _EVENTS[event]
                name = str(rest.get(kind) or f"document {rest.get('document', '?')}")
                took = by_name[kind, name]
                took.kind, took.name = kind, name
                took.add(ms, rest.get("request_id"))
            case _:
                pass
    return sorted(by_name.values(), key=lambda took: -took.total_ms)


def _read(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
