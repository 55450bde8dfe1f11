"""No query reads more than it must: EXPLAIN of every query on a store that holds a small group's guests.

A plan may not scan a label, multiply sets of rows or hold rows back (Eager), unless the query's header allows the
operator and says why: `// allows: Eager (rows of one batch)`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, LiteralString, cast

import pytest
from neo4j import Driver, GraphDatabase

from bench.kit.wipe import wipe
from domain.events import event_adapter
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from identity.claims import ClaimsReader
from matching.policy import default
from privacy.vault import Vault
from tests.cypher.plans import Query, allowed_by, faults, queries
from tests.kit.building import committer_of
from world import World, WorldConfig

ALL = list(queries())


async def fill(database: Database) -> None:
    """Sixty-four guests' year through the real intake, and some of what does not come from events."""
    vault = Vault(bytes(32))
    reader, committer = ClaimsReader(vault, default(), "US"), committer_of(database, vault=vault)
    world = World(WorldConfig(people=64))
    sent = [*world.reference_events(), *(event for event, _ in world.events())]
    claims = [reader.claims(event_adapter.validate_python(event)) for event in sent]
    for start in range(0, len(claims), 500):
        await committer.commit(claims[start : start + 500])
    kept = ("source", "format", "pointer", "reason", "hint", "receivedAt", "sealed")
    await database.write_one("quarantine/put", rows=[{"id": f"q{n}"} | dict.fromkeys(kept, "-") for n in range(300)])
    for n in range(30):
        segment = {"id": f"s{n}", "name": f"s{n}", "nameKey": f"s{n}", "rule": "{}"}
        await database.write_one("segments/store/create", most=500, **segment)
        await database.write_one("service_keys/create", id=f"k{n}", props={"name": f"k{n}"}, expiresAt=None)


@pytest.fixture(scope="module")
async def filled(neo4j_server: Running) -> Any:
    settings = Settings.model_validate({"query_timeout_s": 300})  # the first writes of a new store are its slowest
    server = neo4j_server
    async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        await wipe(database)
        await fill(database)
        yield server
        await wipe(database)


@pytest.fixture(scope="module")
def driver(filled: Running) -> Iterator[Driver]:
    """For EXPLAIN: the service's own door gives rows, not plans."""
    auth = (filled.user, filled.password)
    with GraphDatabase.driver(filled.bolt_uri, auth=auth) as driver:
        # Fresh statistics, and no plan that was made for an emptier store.
        driver.execute_query("CALL db.prepareForReplanning(60)")
        yield driver


def explain(driver: Driver, query: Query) -> Any:
    text = cast(LiteralString, f"EXPLAIN {query.text}")
    with driver.session() as session:
        return session.run(text, query.parameters).consume()


@pytest.mark.neo4j
@pytest.mark.parametrize("query", ALL, ids=lambda query: query.name)
def test_a_query_reads_no_more_than_it_must(driver: Driver, query: Query) -> None:
    summary = explain(driver, query)
    assert faults(summary.plan) - query.allowed == set()
    statuses = summary.gql_status_objects
    deprecated = [status.status_description for status in statuses if status.raw_classification == "DEPRECATION"]
    assert deprecated == []


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("MATCH (n) RETURN n", "AllNodesScan"),
        ("MATCH (c:Customer) WHERE c.visits > 3 RETURN c", "NodeByLabelScan"),
        ("MATCH ()-[m:MERGED_INTO]->() RETURN m.reason", "DirectedRelationshipTypeScan"),
        ("MATCH (c:Customer {number: 'n'}), (t:Transaction) WHERE t.points > c.points RETURN t", "NodeByLabelScan"),
        ("MATCH (a:Customer), (b:Customer) WHERE a.tier <> b.tier RETURN a, b", "CartesianProduct"),
        ("UNWIND $keys AS key MATCH (r:SourceRecord {key: key})-[o:MADE]->(t) CREATE (t)<-[:MADE]-(r)", "Eager"),
    ],
)
def test_a_fault_is_seen(driver: Driver, text: str, fault: str) -> None:
    assert fault in faults(explain(driver, Query("bad", text)).plan)


@pytest.mark.neo4j
def test_every_allowance_is_needed(driver: Driver) -> None:
    """A header that allows what no plan does any more is a licence for the next change."""
    given = {(file, operator) for query in ALL for file in query.files for operator in allowed_by(file)}
    used = {(file, fault) for query in ALL for fault in faults(explain(driver, query).plan) for file in query.files}
    assert given - used == set()
