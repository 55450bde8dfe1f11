"""What the service counts: by names that it knows itself, off its own parts, and enough for the dashboard.

Tests domain.resolution_counts too.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.ops.metric_families import FAMILIES
from api.ops.metrics import Metrics, Watched
from bench.kit.wipe import wipe
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from identity import blocking_tokens
from tests.kit.building import READER, committer_of, intake_of, read
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import event, reference, revelation, strangers
from tests.kit.waiting import until

ROOT = Path(__file__).parents[3]
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text("utf-8"))
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
HOME = {"line1": "12 Main Street", "city": "Boston", "postcode": "02157"}
OURS = ("job", "instance", "le")
"""Labels that Prometheus gives."""


def exposed() -> dict[str, set[str]]:
    """Each name that a query may use, with the labels of its samples."""
    found: dict[str, set[str]] = {}
    labels = {family.name: set(family.labels) for family in FAMILIES}
    for family in Metrics().registry.collect():
        names = {
            "counter": [f"{family.name}_total"],
            "histogram": [f"{family.name}_{part}" for part in ("bucket", "sum", "count")],
        }
        for name in names.get(family.type, [family.name]):
            found[name] = labels[family.name]
    return found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_the_dashboard_queries_is_exposed(expression: str) -> None:
    known = exposed()
    names = set(re.findall(r"\bregulars_\w+", expression))
    assert names
    assert names - known.keys() == set()
    used = {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in group.split(", ")}
    used |= set(re.findall(r"[{,] ?(\w+)=", expression))
    assert used - set().union(*(known[name] for name in names)) - set(OURS) == set()


def test_the_dashboard_shows_every_metric_and_names_no_source_of_its_own() -> None:
    shown = " ".join(EXPRESSIONS)
    families = {family.name for family in Metrics().registry.collect()}
    assert {family for family in families if not re.search(rf"\b{family}", shown)} == set()
    assert {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]} == {"${source}"}
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_prometheus_asks_each_worker_at_its_own_port() -> None:
    [job] = yaml.safe_load((ROOT / "deploy" / "prometheus.yml").read_text("utf-8"))["scrape_configs"]
    guide = (ROOT / "docs" / "operations.md").read_text("utf-8")
    [shown] = yaml.safe_load(guide.partition("```yaml\n")[2].partition("```")[0])["scrape_configs"]
    assert job == shown
    [workers] = set(re.findall(r"ready for `regulars serve --workers (\d+)`", guide))
    common = Settings.model_fields["port"].default
    [static] = job["static_configs"]
    assert static["targets"] == [f"127.0.0.1:{common + 1 + place}" for place in range(int(workers))]
    assert "metrics_path" not in job  # /metrics is Prometheus's own default


NAMED = "query Named { hello: __typename }"


@pytest.fixture
async def client(store: Database, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps({"named": NAMED}))
    committer = committer_of(store)
    app = create_app(
        Settings.model_validate({"graphql_documents": manifest}),
        parts=committer.parts,
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key="k",
    )
    for events in (reference(), strangers(), revelation()):
        await committer.commit([READER.claims(event) for event in read(events)])
    headers = {"x-api-key": "k"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x", headers=headers) as client:
        yield client


async def samples(client: httpx.AsyncClient) -> dict[tuple[str, ...], float]:
    text = (await client.get("/metrics")).text
    assert "Jane" not in text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.neo4j
async def test_operations_are_counted_by_the_names_of_trusted_documents_only(client: httpx.AsyncClient) -> None:
    for content in (
        {"documentId": "named"},
        {"query": NAMED, "operationName": "Named"},
        {"query": NAMED, "operationName": "JaneRoe"},
        {"query": "query JaneRoe { __typename }"},
    ):
        await client.post("/graphql", json=content)
    found = await samples(client)
    assert found["regulars_operation_seconds_count", "Named"] == 2
    assert found["regulars_operation_seconds_count", "other"] == 2
    assert found["regulars_operation_cost_count", "Named"] == 2
    assert {key[1] for key in found if key[0] == "regulars_operation_seconds_count"} == {"Named", "other"}


@pytest.mark.neo4j
async def test_people_caches_and_plans_are_counted(client: httpx.AsyncClient) -> None:
    text = '{ customer(by: {phone: "+12125550142"}) { number } }'
    for _ in range(3):
        answer = await client.post("/graphql", json={"query": text})
        assert answer.json()["data"]["customer"], answer.text
    unknown = {"authorization": f"Bearer rg_{'0' * 16}_{'a' * 43}"}
    assert (await client.post("/graphql", json={"query": text}, headers={"x-api-key": ""} | unknown)).status_code == 401
    found = await samples(client)
    assert found["regulars_plan_reads_total", "yes"] == 2
    assert found["regulars_plan_reads_total", "no"] == 1
    assert found["regulars_cache_reads_total", "keys", "no"] == 1
    assert found["regulars_people_total", "created"] >= 5
    assert found["regulars_people_total", "merged"] == 1
    assert found["regulars_bolt", "in_use"] == 0
    assert found["regulars_feed_behind_seconds",] == 0


@pytest.mark.neo4j
async def test_who_waits_for_a_connection_is_counted(neo4j_server: Running) -> None:
    settings = Settings.model_validate({"neo4j_pool_size": 2})
    server = neo4j_server
    async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        release = asyncio.Event()

        async def hold(transaction: Any) -> None:
            await transaction.run("schema/ready")
            await release.wait()

        holding = [asyncio.create_task(database.write("test", hold)) for _ in range(2)]
        waiting = [asyncio.create_task(database.read("schema/ready")) for _ in range(3)]
        await until(lambda: database.running == 5)
        assert database.pool_size == 2
        release.set()
        await asyncio.gather(*holding, *waiting)
        assert database.running == 0
        await wipe(database)


@pytest.mark.neo4j
async def test_events_that_wait_are_counted(store: Database) -> None:
    events = read([*reference(), *strangers()])
    async with intake_of(store) as intake:
        watched = Watched(sink=intake)
        assert waiting(watched) == 0
        submitted = asyncio.create_task(intake.submit(events))
        await asyncio.sleep(0)
        assert 0 < waiting(watched) <= len(events)
        await submitted
        assert waiting(watched) == 0


def waiting(watched: Watched) -> float:
    [family] = [family for family in watched.collect() if family.name == "regulars_intake_waiting"]
    return family.samples[0].value


@pytest.mark.neo4j
async def test_hot_tokens_and_pairs_held_for_review_are_counted(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking_tokens, "MAX_CARRIERS", 3)
    committer = committer_of(store)
    traits = {"givenName": "John", "familyName": "Smith", "address": {"city": "Boston"}}
    for count in range(5):
        subject = {"id": f"r-{count}", "identifiers": {"account_id": f"a-{count}"}, "traits": traits}
        await committer.commit(
            [READER.claims(one) for one in read([event("identify", "web", "05T12:00", subject=subject)])]
        )
        if count == 1:
            assert (committer.parts.counts.held, committer.parts.counts.hot) == (1, 0)
    assert committer.parts.counts.hot > 0
    assert committer.parts.counts.created == 5
