"""Changed rules: rehearsed without touching anything, then applied as if they had always been."""

from __future__ import annotations

import pytest

from graph.store.database import Database
from matching.policy import default
from tests.identity.rule_changes.rehearsing import rehearsed, told

pytestmark = pytest.mark.neo4j


async def test_the_same_rules_change_nobody(store: Database) -> None:
    await told(store)
    found = await rehearsed(store, default())
    assert (found.merges, found.splits, found.cases) == (0, 0, [])
    assert found.people_before == found.people_after > 40
