"""A request's statements are found by its id in Neo4j and in the log, also where several share one."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from graph.local import Running
from graph.store import request_scope
from graph.store.database import Database, DbTransaction, connect
from tests.kit.building import settings_of
from tests.kit.waiting import LONG_S

_OWN = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.operation = 'own' RETURN metaData"


@pytest.mark.neo4j
async def test_neo4j_knows_the_request(store: Database) -> None:
    with request_scope.request("c0ffee"):
        [read] = await store.read_text(_OWN, operation="own")

        async def work(transaction: DbTransaction) -> None:
            await transaction.run_text("RETURN 1 AS one")
            rows = await store.read_text(
                "SHOW TRANSACTIONS YIELD metaData WHERE metaData.operation = 'writing' RETURN metaData", operation="see"
            )
            assert [row["metaData"] for row in rows] == [{"operation": "writing", "request": "c0ffee"}]

        await store.write("writing", work)
    assert read["metaData"] == {"operation": "own", "request": "c0ffee"}
    [nobody] = await store.read_text(_OWN, operation="own")
    assert nobody["metaData"] == {"operation": "own"}


_RUNAWAY = "UNWIND range(1, 2000000000) AS n WITH n WHERE n % 7 = 8 RETURN count(n) AS n"
_RUNAWAYS = "SHOW TRANSACTIONS YIELD metaData WHERE metaData.operation = 'runaway' RETURN metaData"


@pytest.mark.neo4j
@pytest.mark.parametrize("within", [None, 0.5], ids=["the query's own time", "what is left of the request's"])
async def test_neo4j_itself_ends_what_takes_too_long(neo4j_server: Running, within: float | None) -> None:
    uri, user, password = neo4j_server.bolt_uri, neo4j_server.user, neo4j_server.password
    settings = settings_of(query_timeout_s=0.5 if within is None else 60)
    async with connect(settings, uri=uri, user=user, password=password) as database:
        await database.ready()
        with capture_logs() as lines, request_scope.within(within or 60), pytest.raises(TimeoutError):
            async with asyncio.timeout(8):  # it is tried again as long as somebody waits
                await database.read_text(_RUNAWAY, operation="runaway")
        assert len(lines) > 1, "nobody ended it before we went"
        async with asyncio.timeout(LONG_S):
            while await database.read_text(_RUNAWAYS, operation="see"):
                pass


@pytest.mark.neo4j
async def test_what_took_long_is_logged_by_name_only(neo4j_server: Running) -> None:
    uri, user, password = neo4j_server.bolt_uri, neo4j_server.user, neo4j_server.password
    with capture_logs() as lines:
        async with connect(settings_of(slow_ms=0.001), uri=uri, user=user, password=password) as database:
            await database.read_text("RETURN $mail AS mail", operation="contact", mail="jo@example.com")

            async def work(transaction: DbTransaction) -> None:
                await transaction.run("schema/ready")

            await database.write("look", work)
        assert [(line["event"], line["statement"]) for line in lines] == [
            ("statement.slow", "contact"),
            ("statement.slow", "schema/ready"),
        ]
        assert "jo@" not in repr(lines)
        async with connect(settings_of(slow_ms=60_000), uri=uri, user=user, password=password) as database:
            await database.ready()
    assert len(lines) == 2
