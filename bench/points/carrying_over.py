"""Balances of another system: a dry run, an import that is killed on its way, one that goes on, and one without work.

Each member has points of one brand, and each fourth has points of a second one. What the file says and what the ledger
has must be equal to the unit.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx

from bench.kit.children import child, environment
from bench.kit.machine import machine
from bench.points import plain_members
from domain.settings import Settings

_KILLED_AFTER_S = 45.0
_BRANDS = ("grill", "cafe")


def run(config: Settings, key: str, count: int, status: Callable[[str], None]) -> dict[str, Any]:
    """Seconds and rows of each run, in the store of `config` that has the members. Raises SetupError."""
    _stores(config, key)
    file = config.state_dir / "balances.csv"
    points = _write(file, count)
    command: list[str | Path] = ["-m", "cli.main", "loyalty", "import", file, "--system", "old", "--json"]
    figures: dict[str, Any] = {"benchmark": "balances", "machine": machine(), "members": count, "points": points}
    status("a dry run")
    figures["dry_run"] = _timed(config, [*command, "--dry-run"])
    status("an import that is killed")
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *map(str, command)], env=environment(config), stdout=subprocess.DEVNULL
    ) as killed:
        try:
            killed.wait(_KILLED_AFTER_S)
        except subprocess.TimeoutExpired:
            killed.kill()
    figures["killed_after_seconds"] = _KILLED_AFTER_S
    for name in ("import", "import_again"):
        status(name.replace("_", " "))
        figures[name] = _timed(config, command)
    figures["adds_up"] = all(figures[name]["adds_up"] for name in ("import", "import_again"))
    return figures


def _stores(config: Settings, key: str) -> None:
    """Points are of brands that have stores."""
    events = [
        {
            "type": "store.upserted",
            "messageId": f"store-{brand}",
            "source": "office",
            "at": "2026-01-01T00:00:00Z",
            "store": {"id": f"store-{brand}", "name": brand, "brand": {"id": brand, "name": brand}},
        }
        for brand in _BRANDS
    ]
    answer = httpx.post(
        f"http://{config.host}:{config.port}/v1/events",
        json={"events": events},
        headers={"Authorization": f"Bearer {key}"},
        timeout=60,
    )
    answer.raise_for_status()


def _write(file: Path, count: int) -> int:
    """Writes the file; gives the points in it."""
    total = 0
    with file.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow(["reference", "source", "id", "brand", "points", "last_day"])
        for row in _rows(count):
            writer.writerow(row)
            total += row[4]
    return total


def _rows(count: int) -> Iterator[tuple[str, str, str, str, int, str]]:
    for number, member in enumerate(plain_members.ids(count)):
        last_day = f"2028-{number % 12 + 1:02}-28"
        yield f"B-{number}", plain_members.SOURCE, member, _BRANDS[0], number % 2_000 - 10, last_day
        if not number % 4:
            yield f"C-{number}", plain_members.SOURCE, member, _BRANDS[1], number % 300, ""


def _timed(config: Settings, command: list[str | Path]) -> dict[str, Any]:
    began = time.perf_counter()
    answer = child(command, config)
    seconds = time.perf_counter() - began
    names = {"rows": "rows", "carried_over": "carriedOver", "before": "before", "wrong": "wrong", "adds_up": "addsUp"}
    return {name: answer[key] for name, key in names.items()} | {
        "seconds": round(seconds, 1),
        "rows_per_second": round(answer["rows"] / seconds),
    }
