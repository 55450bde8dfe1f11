"""Changed rules are applied as if they had always been, and go on where they were broken off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from graph.store.database import Database
from identity.rule_changes.apply import apply_rules
from matching.policy import Policies, Strength, default
from tests.identity.rule_changes.rehearsing import rehearsed, told
from tests.kit.building import VAULT, parts_of
from tests.kit.invariants import invariants
from tests.kit.snapshot import difference, snapshot

pytestmark = pytest.mark.neo4j


def changed(**types: Mapping[str, object]) -> Policies:
    """The default policies with other values for some types."""
    base = default()
    return replace(
        base,
        by_type={t: replace(p, **types.get(t, {})) if t in types else p for t, p in base.items()},  # pyright: ignore
    )


STRICT = changed(phone={"max_people": 1}, email={"strength": Strength.ATTRIBUTE})


@pytest.mark.parametrize(("old", "policies"), [(default(), STRICT), (STRICT, default())], ids=["stricter", "laxer"])
async def test_what_is_rehearsed_is_what_applying_makes(store: Database, old: Policies, policies: Policies) -> None:
    await told(store, old)
    before = await snapshot(store, VAULT)
    found = await rehearsed(store, policies)
    assert not difference(before, await snapshot(store, VAULT)), "a rehearsal touches nothing"
    assert found.merges + found.splits == len(found.cases) > 0
    assert all(case.reason for case in found.cases)

    parts = parts_of(store, policies)
    pages = [page async for page in apply_rules(parts)]
    assert pages[-1][1] == found.records
    rows = await store.read_text(
        "MATCH (r:SourceRecord)-[:RESOLVED_TO]->(c) RETURN r.key AS key, c.number AS number", operation="test"
    )
    made: dict[str, set[str]] = {}
    for row in rows:
        made.setdefault(row["number"], set()).add(row["key"])
    wanted: dict[str, set[str]] = {}
    for key, label in found.after.items():
        wanted.setdefault(label, set()).add(key)
    assert sorted(map(sorted, made.values())) == sorted(map(sorted, wanted.values()))
    again = await rehearsed(store, policies)
    assert (again.merges, again.splits) == (0, 0)


async def test_applying_goes_on_where_it_was_broken_off(store: Database) -> None:
    await told(store)
    parts = parts_of(store, STRICT)
    pages = apply_rules(parts)
    reached, _ = await anext(pages)
    assert [page async for page in apply_rules(parts, reached)] == [], "one page was all there is"
    found = await rehearsed(store, STRICT)
    assert (found.merges, found.splits) == (0, 0)


async def test_a_store_of_an_earlier_release_gets_the_tokens_of_this_one(store: Database) -> None:
    await told(store)
    before = await snapshot(store, VAULT)
    await store.run_schema("MATCH (m:MatchKey) SET m.key = 'earlier ' + m.key, m.hot = NOT m.hot")
    assert [page async for page in apply_rules(parts_of(store, default()))]
    assert not difference(before, await invariants(store, VAULT))
