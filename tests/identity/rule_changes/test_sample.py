"""A sample of the store's records: the same each time, drawn as by lot, with those that may be one person with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.store.database import Database
from identity.rule_changes.sample import RecordSample, sample_records
from matching.policy import default
from matching.scoring.blocking_tokens import tokens_of
from matching.scoring.training import Drawn, train
from tests.identity.rule_changes.rehearsing import rehearsed, told
from tests.kit.building import VAULT

pytestmark = pytest.mark.neo4j


async def sampled(store: Database, most: int) -> RecordSample:
    return await sample_records(store, VAULT, most)


async def test_a_small_store_is_its_own_sample(store: Database) -> None:
    await told(store)
    found = await sampled(store, 100_000)
    assert found.drawn == found.population == len(found.records) == len({record.key for record in found.records}) > 100


async def test_of_a_larger_store_some_are_drawn_and_bring_those_they_meet(store: Database) -> None:
    await told(store)
    everybody = {record.key for record in (await sampled(store, 100_000)).records}
    found = await sampled(store, 75)
    assert found == await sampled(store, 75)
    assert found.population == len(everybody)
    assert 5 <= found.drawn < found.population / 2
    keys = [record.key for record in found.records]
    assert len(set(keys)) == len(keys) <= 120
    assert set(keys) <= everybody
    drawn = frozenset[str]().union(*map(tokens_of, found.records[: found.drawn]))
    assert all(tokens_of(record) & drawn for record in found.records[found.drawn :])


async def test_a_model_of_the_store_is_rehearsed_before_it_counts(store: Database) -> None:
    await told(store)
    sample = await sampled(store, 100_000)
    learned = train(sample.records, None, 0.99, Drawn(sample.drawn, sample.population)).model
    policies = default()
    found = await rehearsed(store, replace(policies, model=learned))
    assert found.people_before > 40
    assert found.records == sample.population
