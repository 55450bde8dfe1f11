"""What agents decided is read with the whole components around it, and says what each decision found."""

from __future__ import annotations

import pytest

from graph.store.database import Database
from identity.rule_changes.decided import read_decided
from matching.decided_pairs import decided_pairs
from matching.policy import default
from matching.records import Record
from tests.identity.decisions.test_agent_decisions import Desk, by, key
from tests.kit.building import VAULT

pytestmark = pytest.mark.neo4j


async def read(store: Database, most: int = 100) -> dict[str, Record]:
    records, shared = await read_decided(store, VAULT, most)
    assert not shared
    return {record.key: record for record in records}


async def test_decisions_in_force_teach_and_those_undone_do_not(store: Database) -> None:
    desk = Desk(store)
    ann, eve, ida = [await desk.guest(one, given=name) for one, name in zip("abc", ("Ann", "Eve", "Ida"), strict=True)]
    await desk.guest("d", given="Dora")
    first, second = await desk.merge(ann, eve), await desk.merge(ann, ida)
    assert (await read(store)).keys() == {key("a"), key("b"), key("c")}
    assert (await read(store, 1)).keys() == {key("a"), key("b"), key("c")}, "whole components"
    records, shared = await read_decided(store, VAULT, 100)
    pairs = decided_pairs(records, shared, default())
    assert [(pair.decision, pair.same) for pair in pairs] == [(first.id, True), (second.id, True)]
    await desk.decisions.undo(second.id, by())
    found = await read(store)
    assert [pair.decision for pair in decided_pairs(list(found.values()), (), default())] == [first.id]


async def test_a_store_without_decisions_teaches_nothing(store: Database) -> None:
    await Desk(store).guest("a", given="Ann")
    assert await read(store) == {}
