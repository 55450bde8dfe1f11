"""The GraphQL profile query beside a bare handler with one Cypher query: same store, same process count, one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from bench.kit.load_generator import hammer, post
from bench.kit.machine import machine
from domain.settings import Settings

PROFILE = """
query Profile($number: String!) {
  customer(by: {customerNumber: $number}) {
    number name tier joinedAt
    lifetimeSpend { amount currency }
    rfm { visits lastVisitAt preferredChannel }
    loyaltyBalance { points }
    transactions(first: 15) {
      edges { node { at status total { amount currency } store { name } brand { name } } }
    }
  }
}
"""
_ROUNDS = 3
_SECONDS = 4.0


async def run(config: Settings, key: str, bare_port: int, numbers: Sequence[str]) -> dict[str, Any]:
    """Requests per second and latencies at 1 and 8 connections, the two taking turns, and their ratio."""
    document = {"query": PROFILE, "operationName": "Profile"}
    graphql = [
        post(
            "/graphql",
            orjson.dumps(document | {"variables": {"number": number}}),
            {"Authorization": f"Bearer {key}"},
        )
        for number in numbers
    ]
    bare = [post("/profile", orjson.dumps({"number": number}), {}) for number in numbers]
    figures: dict[str, Any] = {}
    for connections in (1, 8):
        rounds: list[tuple[dict[str, float], dict[str, float]]] = []
        for _ in range(_ROUNDS + 1):  # the first is the warm-up
            ours = await hammer(config.host, config.port, graphql, connections=connections, seconds=_SECONDS)
            theirs = await hammer(config.host, bare_port, bare, connections=connections, seconds=_SECONDS)
            rounds.append((ours.summary(), theirs.summary()))
        ratios = sorted(a["requests_per_second"] / b["requests_per_second"] for a, b in rounds[1:])
        middle = rounds[1:][len(ratios) // 2]
        figures[f"{connections}_connections"] = {
            "graphql": middle[0],
            "bare": middle[1],
            "ratio_median": round(ratios[len(ratios) // 2], 3),
        }
    return {"benchmark": "profile", "machine": machine(), "customers": len(numbers)} | figures
