"""Every event counts exactly once: sent again, after a restart, or to two processes at the same time."""

from __future__ import annotations

import asyncio
import random

import pytest

from bench.kit.wipe import wipe
from graph.local import Running
from graph.store.database import Database
from tests.kit.building import VAULT, intake_of, read
from tests.kit.hard_cases import guests, hard_events
from tests.kit.invariants import invariants
from tests.kit.sender import Sender, cut
from tests.kit.snapshot import difference, snapshot

pytestmark = pytest.mark.neo4j


async def test_the_same_batch_again_changes_nothing(store: Database, second_store: Database) -> None:
    events = read(hard_events())
    async with intake_of(store) as intake:
        first = await intake.submit(events)
        before = await snapshot(store, VAULT)
        second = await intake.submit(events)
    assert {outcome.status for outcome in first} == {"accepted"}
    assert {outcome.status for outcome in second} == {"duplicate"}
    # What the store knows of a record is said once, with the event that is new.
    assert all(set(again.warnings) <= set(once.warnings) for once, again in zip(first, second, strict=True))
    async with intake_of(second_store) as restarted:
        third = await restarted.submit(events)
    assert {outcome.status for outcome in third} == {"duplicate"}
    assert not difference(before, await snapshot(store, VAULT))


async def test_an_event_twice_in_one_batch_counts_once(store: Database) -> None:
    events = read(guests(2, 2, prefix="twice"))
    async with intake_of(store) as intake:
        outcomes = await intake.submit([event for event in events for _ in range(2)])
    assert [outcome.status for outcome in outcomes] == ["accepted", "duplicate"] * len(events)
    found = await invariants(store, VAULT)
    assert sum(person["visits"] for person in found["people"].values()) == 4


async def test_two_processes_that_get_the_same_events_take_each_once(store: Database, neo4j_server: Running) -> None:
    raws = [*guests(12, 3, prefix="both"), *hard_events()]
    async with intake_of(store) as intake:
        await intake.submit(read(raws))
    expected = await snapshot(store, VAULT)
    await wipe(store)
    senders = [Sender(neo4j_server, cut(_shuffled(raws, seed), 10)) for seed in range(2)]
    await asyncio.gather(*(sender.run() for sender in senders))
    assert all(len(sender.acknowledged) == len(sender.batches) for sender in senders)
    accepted = sum(said["accepted"] for sender in senders for said in sender.acknowledged.values())
    duplicates = sum(said["duplicates"] for sender in senders for said in sender.acknowledged.values())
    assert (accepted, duplicates) == (len(raws), len(raws))
    assert not difference(expected, await invariants(store, VAULT))


def _shuffled(raws: list[dict[str, object]], seed: int) -> list[dict[str, object]]:
    return random.Random(seed).sample(raws, len(raws))
