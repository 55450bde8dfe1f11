"""The latency of a new record that only similarity links to a guest, in stores of different sizes."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import orjson

from bench import registry
from bench.kit.children import child
from bench.kit.load_generator import answer, paced, post
from bench.latency import milliseconds
from domain.settings import Settings

_WARM_UP = 500
_CONNECTIONS = 16
_SOURCE = "desk"
_WHO = """
query Who($one: String!, $other: String!) {
  one: customer(by: {externalId: {source: "desk", id: $one}}) { number linkedIdentities { sourceRecordId } }
  other: customer(by: {externalId: {source: "registry", id: $other}}) { number }
}
"""


async def arrivals(config: Settings, key: str, size: int, count: int, rate: float, seed: int) -> dict[str, Any]:
    """Sends `count` new records to a running service that holds a registry of `size`: milliseconds from a record's due
    time until it is resolved and readable, and the shares that found the right guest and somebody else."""
    headers = {"Authorization": f"Bearer {key}"}
    rows = list(registry.further(_WARM_UP + count, size, seed))
    latencies: list[float] = []

    async def arrive(number: int, leaves: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(post("/v1/events", orjson.dumps(_event(rows[number])), headers))
        await answer(reader)
        latencies.append(time.perf_counter() - leaves)

    correct: list[bool] = []
    foreign: list[bool] = []

    async def ask(number: int, _: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        row = rows[number]
        variables = {"one": row["id"], "other": row["first"]}
        writer.write(post("/graphql", orjson.dumps({"query": _WHO, "variables": variables}), headers))
        data = orjson.loads(await answer(reader))["data"]
        correct.append(data["one"]["number"] == (data["other"] or {}).get("number"))
        people = {record["sourceRecordId"].rpartition("-")[0] for record in data["one"]["linkedIdentities"]}
        foreign.append(people != {row["person"]})

    where = (config.host, config.port)
    await paced(*where, arrive, count=len(rows), rate=rate, connections=_CONNECTIONS)
    await paced(*where, ask, count=len(rows), rate=10 * rate, connections=_CONNECTIONS)
    return {
        "records": size,
        "resolved_ms": milliseconds(latencies[_WARM_UP:]),
        "joined_who_the_first_record_is": round(sum(correct) / len(correct), 3),
        "beside_somebody_else": round(sum(foreign) / len(foreign), 4),
    }


def load(config: Settings, size: int, seed: int) -> dict[str, Any]:
    """Brings a registry of `size` records into the empty store of `config` by `regulars resolve`; its figures."""
    folder = config.state_dir / "registry"
    folder.mkdir(parents=True, exist_ok=True)
    table, mapping = registry.write(folder, size, seed)
    return child(["-m", "cli.main", "resolve", table, "--mapping", mapping, "--json"], config)


def _event(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "identify",
        "messageId": row["id"],
        "source": _SOURCE,
        "at": "2026-06-01T12:00:00Z",
        "subject": {"id": row["id"], "traits": row["traits"]},
    }
