"""The same selection of a customer from four servers on one store, one process each: Regulars, a bare handler, and
Apollo Server with @neo4j/graphql; and a mix of ten shapes that only Regulars answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

import orjson

from bench.kit.children import stop
from bench.kit.load_generator import Load, hammer, post
from bench.kit.machine import machine
from domain.errors import SetupError
from domain.settings import Settings
from graph.local import Running
from world import World

CUSTOMER = """
query Customer($number: String!) {
  customer(by: {customerNumber: $number}) {
    number tier loyaltyBalance { points } rfm { visits preferredChannel }
    linkedIdentities { source kind identifiers { type display } }
    transactions(first: 15) { edges { node { at status total { amount currency } store { name brand { name } } } } }
  }
}
"""
APOLLO = """
query Customer($number: String!) {
  customers(where: {number: {eq: $number}}) {
    number tier points visits preferredChannel
    records { source kind identifiers { type display } }
    transactions { at status totalMinor currency store { name brand { name } } }
  }
}
"""
_HEAD = "query Mixed($number: String!) { customer(by: {customerNumber: $number}) "
MIXED = [
    f"{_HEAD}{selection} }}"
    for selection in (
        "{ number name tier }",
        "{ number loyaltyBalance { points } }",
        "{ emails phones identifiers { type display } }",
        "{ rfm { visits lastVisitAt averageTicket { amount } } }",
        "{ lastVisits { at store { name } amount { amount currency } } }",
        "{ transactions(first: 5) { edges { node { orderId total { amount } } } pageInfo { hasNextPage } } }",
        "{ journey(first: 20) { edges { node { at brand { name } } } } }",
        "{ loyaltyBalance { byBrand { brand { name } points } entries(first: 5) { edges { node { points kind } } } } }",
        "{ linkedIdentities { source identifiers { type display } evidence { rule explanation } } }",
        "{ consents { purpose granted } goldenRecord { field value source } formerNumbers }",
    )
]
_SOURCES = ("till", "shop", "app")
_ORDERS = 15
_CONNECTIONS = (1, 8, 32)
_ROUNDS = 3
_SECONDS = 4.0
_WARM_UP_S = 15.0  # for each server: the store compiles frequent statements slowly
_READY_WITHIN_S = 60.0


def guests(world: World, count: int) -> Iterator[dict[str, Any]]:
    """Events of guests with records in three systems and fifteen orders at five brands: the whole selection."""
    stores = dict[str, dict[str, Any]]()
    for event in world.reference_events():
        yield event
        if event["type"] == "store.upserted":
            stores.setdefault(event["store"]["brand"]["id"], event["store"])
    places = list(stores.values())[:5]
    for number in range(count):
        card = {"loyalty_card": f"7700{number:08}"}
        for source in _SOURCES:
            subject = {"id": f"guest-{number}", "identifiers": card, "traits": {"givenName": "Ann"}}
            yield _event("identify", source, f"{source}-{number}", 0, subject=subject)
        for order in range(_ORDERS):
            source, place = _SOURCES[order % len(_SOURCES)], places[order % len(places)]
            bought = {
                "id": f"{number}-{order}",
                "store": place["id"],
                "channel": "web",
                "currency": "USD",
                "total": "12.40",
            }
            content = {"brand": place["brand"]["id"], "subject": {"id": f"guest-{number}"}, "order": bought}
            yield _event("order.completed", source, f"order-{number}-{order}", order, **content)


def _event(kind: str, source: str, message: str, hour: int, **content: Any) -> dict[str, Any]:
    return {"type": kind, "messageId": message, "source": source, "at": f"2026-05-01T{hour:02}:00:00Z"} | content


@contextmanager
def apollo(settings: Settings, neo4j: Running, port: int) -> Generator[str]:
    """Apollo Server on the store, installed from its lock file into the cache; yields a token that it accepts.

    Raises SetupError where Node or npm is missing.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise SetupError("Apollo Server needs Node and npm.", hint="Install Node 20 or newer, or use --no-apollo.")
    source = Path(str(resources.files("bench") / "peers" / "apollo"))
    lock = (source / "package-lock.json").read_bytes()
    folder = settings.cache_dir.expanduser() / f"apollo-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=folder, check=True, stdout=sys.stderr)  # noqa: S603
    shutil.copy(source / "server.mjs", folder)
    key = secrets.token_urlsafe(32)
    values = {"PORT": str(port), "JWT_KEY": key, "NODE_ENV": "production"}
    values |= {"BOLT_URI": neo4j.bolt_uri, "BOLT_USER": neo4j.user, "BOLT_PASSWORD": neo4j.password}
    process = subprocess.Popen([node, "server.mjs"], cwd=folder, env=os.environ | values)  # noqa: S603
    try:
        _wait(process, port)
        yield _token(key)
    finally:
        stop(process)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SetupError("Apollo Server did not start.")


def _token(key: str) -> str:
    """A JSON Web Token for the benchmark's own server (HS256)."""
    head, body = (_text(orjson.dumps(part)) for part in ({"alg": "HS256", "typ": "JWT"}, {"sub": "bench"}))
    return f"{head}.{body}.{_text(hmac.digest(key.encode(), f'{head}.{body}'.encode(), 'sha256'))}"


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


async def run(
    config: Settings,
    key: str,
    ports: dict[str, int],
    token: str | None,
    numbers: Sequence[str],
    step: Callable[[], None],
) -> dict[str, Any]:
    """Requests per second and latencies at 1, 8 and 32 connections, the servers taking turns; `ports` of the peers."""
    ours = {"Authorization": f"Bearer {key}"}
    requests = {
        "regulars": [_graphql("/graphql", CUSTOMER, number, ours) for number in numbers],
        "mixed": [_graphql("/graphql", document, number, ours) for number in numbers for document in MIXED],
        "bare": [post("/serve", orjson.dumps({"number": number}), {}) for number in numbers],
    }
    if token is not None:
        requests["apollo"] = [_graphql("/", APOLLO, n, {"Authorization": f"Bearer {token}"}) for n in numbers]
    figures: dict[str, Any] = {"benchmark": "serve", "machine": machine(), "customers": len(numbers)}
    for name, own in requests.items():
        await hammer(config.host, ports.get(name, config.port), own, connections=8, seconds=_WARM_UP_S)
        step()
    for connections in _CONNECTIONS:
        rounds: dict[str, list[Load]] = {name: [] for name in requests}
        for turn in range(_ROUNDS + 1):
            for name, own in requests.items():
                port = ports.get(name, config.port)
                load = await hammer(config.host, port, own, connections=connections, seconds=_SECONDS)
                if turn:  # the first is the warm-up
                    rounds[name].append(load)
                step()
        figures[f"{connections}_connections"] = _figures(rounds)
    return figures


def _graphql(path: str, document: str, number: str, headers: dict[str, str]) -> bytes:
    return post(path, orjson.dumps({"query": document, "variables": {"number": number}}), headers)


def _figures(rounds: dict[str, list[Load]]) -> dict[str, Any]:
    """The median round of each server, and the median ratios of Regulars to its peers."""
    figures: dict[str, Any] = {}
    for name, loads in rounds.items():
        ordered = sorted(loads, key=lambda load: len(load.latencies))
        figures[name] = ordered[len(ordered) // 2].summary()
    for peer in rounds.keys() & {"bare", "apollo"}:
        pairs = zip(rounds["regulars"], rounds[peer], strict=True)
        ratios = sorted(len(mine.latencies) / len(its.latencies) for mine, its in pairs)
        figures[f"times_{peer}"] = round(ratios[len(ratios) // 2], 2)
        figures[f"p99_of_{peer}"] = round(figures["regulars"]["p99_ms"] / figures[peer]["p99_ms"], 2)
    return figures
