"""Statements are planned before anybody needs them, and that changes nothing."""

from __future__ import annotations

import pytest

from graph.local import Running
from graph.store.database import Database, connect
from runtime.planned_statements import STATEMENTS, plan_statements
from tests.kit.building import VAULT, intake_of, read, settings_of
from tests.kit.snapshot import snapshot
from tests.kit.story import ANN_AT_TILL, order, reference

pytestmark = pytest.mark.neo4j


async def test_the_store_stays_as_it_is(store: Database) -> None:
    async with intake_of(store) as intake:
        await intake.submit(read([*reference(), order("05T12:30", "o1", "pasta", "20", ANN_AT_TILL)]))
    before, asked = await snapshot(store, VAULT), store.round_trips
    await plan_statements(store)
    assert store.round_trips - asked == len(STATEMENTS)
    assert await snapshot(store, VAULT) == before


async def test_a_statement_is_not_planned_again_when_it_is_needed(store: Database) -> None:
    await plan_statements(store)
    [kept] = await store.run_schema("CALL db.clearQueryCaches() YIELD value")
    assert int("".join(filter(str.isdigit, kept["value"]))) >= len(STATEMENTS)


async def test_a_store_that_does_not_answer_stops_nobody(neo4j_server: Running) -> None:
    async with connect(settings_of(), uri=neo4j_server.bolt_uri, user="neo4j", password="wrong") as database:
        await plan_statements(database)
