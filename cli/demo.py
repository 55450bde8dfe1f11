"""`regulars demo`: streams a made-up group's year through the real service and prints the results."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Annotated, Any

import httpx
import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from api.auth.authenticate import ensure_api_key
from bench.accuracy import measure_store
from bench.kit import store_reads
from bench.kit.children import serving
from bench.kit.stream import Streamed, percentile, stream
from bench.points import till_day
from bench.points.member_tour import GIVEN, tour
from bench.points.till_rules import publish_rules
from cli.kit.shown_tables import show_table
from cli.neo4j import download_bar
from domain.settings import Settings, settings
from graph.local import LocalNeo4j
from identity.claims import ClaimsReader
from privacy.vault import open_vault
from runtime.service import open_database, policies_of
from world import World, WorldConfig

_PROFILES = 300
_TILLS = 12
_HOURS = 5
_PROFILE = """
query Demo($number: String!) {
  customer(by: {customerNumber: $number}) {
    number name tier joinedAt lifetimeSpend { amount currency }
    rfm { visits lastVisitAt preferredChannel }
    loyaltyBalance { points }
    transactions(first: 15) { edges { node { at status total { amount currency } store { name } brand { name } } } }
  }
}
"""


def demo(
    people: Annotated[int, typer.Option(min=1, help="How many people live in the world.")] = 5_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another world.")] = 7,
    once: Annotated[bool, typer.Option("--once", help="End when the summary is printed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Set up everything, stream a made-up group through the service, show the result, and stay up until Ctrl-C."""
    config = settings()
    screen = Console(stderr=True)
    with ExitStack() as stack:
        if config.neo4j_uri is None:
            with download_bar() as bar, screen.status("Starting Neo4j …"):
                local = LocalNeo4j(config, progress=bar)
                running = local.start(tied_to_parent=True)
            if not running.found:
                stack.callback(local.stop)
        with screen.status("Starting the service …"):
            log = config.state_dir / "logs" / "service.log"
            service = stack.enter_context(serving(config, log))
        key = ensure_api_key(config)
        summary = _earlier(config, people, seed)
        if summary is None:
            summary = asyncio.run(_run(config, key, people, seed, screen))
            _summary_file(config).write_bytes(orjson.dumps(summary, option=orjson.OPT_INDENT_2))
        if as_json:
            typer.echo(orjson.dumps(summary, option=orjson.OPT_INDENT_2).decode())
        else:
            show_table(_table(summary))
        _say_where(screen, config, key)
        if not once:
            screen.print("Press Ctrl-C to stop.")
            _wait(service.wait)


async def _run(config: Settings, key: str, people: int, seed: int, screen: Console) -> dict[str, Any]:
    world = World(WorldConfig(people=people, seed=seed))
    reader = ClaimsReader(open_vault(config), policies_of(config), config.default_region)
    truth: dict[str, str] = {}

    def events() -> Iterator[dict[str, Any]]:
        yield from world.reference_events()
        for event, person in world.events():
            if person is not None:
                truth[reader.event_key(event["source"], event["messageId"])] = person
            yield event

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    url = f"http://{config.host}:{config.port}"
    await publish_rules(url, key)  # before the first order, which earns by them
    with Progress(*columns, TimeRemainingColumn(), console=screen) as progress:
        task = progress.add_task("events", total=None)
        streamed = await stream(events(), url, key, progress=lambda count: progress.advance(task, count))
        progress.update(task, total=progress.tasks[task].completed)
        async with open_database(config) as database:
            rows = await store_reads.resolution(database)
            counts = await store_reads.counts(database)
            brands = (event["store"]["brand"] for event in world.reference_events() if "store" in event)
            day = till_day.TillDay(url, key, {brand["id"]: brand["name"] for brand in brands}, _TILLS, _HOURS)
            task = progress.add_task("hours of tills", total=_HOURS)
            await day.run(lambda count: progress.advance(task, count))
            tills = day.figures() | await day.audited(database)
        store = next(event["store"] for event in world.reference_events() if "store" in event)
        member = await tour(url, key, store["id"], store["brand"]["id"], "tenth")
        accuracy = measure_store(rows, truth, reader.policies)
        numbers = sorted({row["customer"] for row in rows})[:_PROFILES]
        task = progress.add_task("profiles", total=len(numbers))
        latencies = await _profiles(url, key, numbers, lambda: progress.advance(task))
    return _summarise(people, seed, streamed, counts, accuracy, latencies) | {"tills": tills, "member": member}


async def _profiles(url: str, key: str, numbers: list[str], step: Any) -> list[float]:
    latencies: list[float] = []
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}) as client:
        for number in numbers:
            sent = time.perf_counter()
            answer = await client.post("/graphql", json={"query": _PROFILE, "variables": {"number": number}})
            answer.raise_for_status()
            latencies.append(time.perf_counter() - sent)
            step()
    return latencies


def _summarise(
    people: int,
    seed: int,
    streamed: Streamed,
    counts: dict[str, Any],
    accuracy: dict[str, Any],
    latencies: list[float],
) -> dict[str, Any]:
    def milliseconds(values: list[float]) -> dict[str, float]:
        return {f"p{share}": round(1000 * percentile(values, share / 100), 1) for share in (50, 99)}

    return {
        "world": {"people": people, "seed": seed},
        "intake": {
            "accepted": streamed.accepted,
            "duplicates": streamed.duplicates,
            "refused": streamed.refused,
            "warnings": streamed.warnings,
            "seconds": round(streamed.seconds, 1),
            "events_per_second": round(streamed.events_per_second),
            "batch_latency_ms": milliseconds(streamed.latencies),
        },
        "graph": counts,
        "accuracy": accuracy,
        "profile_latency_ms": milliseconds(latencies),
    }


def _table(summary: dict[str, Any]) -> Table:
    table = Table(title="A year of a restaurant and shop group", show_header=False, title_justify="left")
    intake, graph, accuracy = summary["intake"], summary["graph"], summary["accuracy"]
    rows = [
        (
            "events accepted",
            f"{intake['accepted']:,} ({intake['duplicates']:,} came twice, {intake['refused']:,} refused)",
        ),
        ("speed", f"{intake['events_per_second']:,} events/s, resolved and durable"),
        ("source records", f"{graph['records']:,} with {graph['identifiers']:,} identifiers"),
        ("people found", f"{graph['people']:,} ({graph['customers'] - graph['people']:,} visitors still anonymous)"),
        ("customers merged meanwhile", f"{graph['merges']:,}"),
        ("shared identifiers found", f"{graph['shared']:,}"),
        ("pairs kept apart, with a reason", f"{graph['keptApart']:,}"),
        ("precision, recall against truth", f"{accuracy['precision']:.4f}, {accuracy['recall']:.4f}"),
        ("profile through GraphQL", "p50 {p50} ms, p99 {p99} ms".format(**summary["profile_latency_ms"])),
        ("a day of tills", _day(summary["tills"])),
        ("points of guests", _points(summary["tills"])),
        *_member(summary.get("member")),
        ("batch of 250 events, durable", "p50 {p50} ms, p99 {p99} ms".format(**intake["batch_latency_ms"])),
    ]
    for name, value in rows:
        table.add_row(name, value)
    return table


def _day(tills: dict[str, Any]) -> str:
    again = tills.get("answers lost", 0) + tills.get("checks sent later", 0)
    return (
        f"{tills['checks']:,} checks, {again:,} of them sent again or later, {tills.get('offers used', 0):,} rewards, "
        f"{tills.get('refunds', 0):,} refunds, {tills.get('merges', 0):,} merges: the books "
        + ("add up to the unit" if tills["adds_up"] else "DO NOT ADD UP")
    )


def _points(tills: dict[str, Any]) -> str:
    between = sum(points for gave, used, points in tills["settlement"] if used not in (None, gave))
    bonuses, points = tills["bonus_points"], tills["guests_have"]
    return f"{points:,}; bonuses {bonuses:,}; given by one brand and used at another {between:,}"


def _member(member: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    """Rows about the guest of the tour; none where an earlier release made the summary."""
    if member is None:
        return
    tier, basket = member["loyaltyTier"], member["basket"]
    after = tier["next"]
    missing = f"; {after['name']} for {after['missing']['spend']['amount']} more" if after else ""
    yield "a guest joins", f"card {member['cards'][0]['display']}, tier {tier['name']}{missing}"
    before, left = basket["subtotal"]["amount"], basket["total"]["amount"]
    yield "a basket of the guest", f"{before}, with a tenth off {left} for {basket['pointsUsed']} points"
    yield "points given to a friend", f"{GIVEN:,}; {member['loyaltyBalance']['points']:,} are left"


def _say_where(screen: Console, config: Settings, key: str) -> None:
    url = f"http://{config.host}:{config.port}"
    lines = [("GraphQL, with an explorer", f"{url}/graphql"), ("Health", f"{url}/health/ready")]
    if config.neo4j_uri is None and (running := LocalNeo4j(config).status()):
        lines.append(("Neo4j Browser, with its guide", running.browser_url))
        lines.append(("  its user and password file", f"{running.user}, {LocalNeo4j(config).password_file}"))
    lines.append(("API key (local development)", key))
    for name, value in lines:
        screen.print(f"{name:32}{value}", markup=False, highlight=False, soft_wrap=True)


def _summary_file(config: Settings) -> Path:
    return config.state_dir / "demo.json"


def _earlier(config: Settings, people: int, seed: int) -> dict[str, Any] | None:
    """The summary of an earlier run on this store with the same world, so that a second start takes seconds."""
    try:
        summary: dict[str, Any] = orjson.loads(_summary_file(config).read_bytes())
    except (OSError, ValueError):
        return None
    return summary if summary.get("world") == {"people": people, "seed": seed} else None


def _wait(wait: Any) -> None:
    with suppress(KeyboardInterrupt):
        wait()
