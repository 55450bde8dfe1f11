"""What a process does beside its requests, also one that runs no jobs."""

from __future__ import annotations

import asyncio

import pytest

from domain.feed_event import FeedEvent, feed_rows
from graph.feed import Feed
from graph.jobs import Jobs
from graph.store.database import Database
from runtime.background_work import working
from tests.kit.building import VAULT, settings_of
from tests.kit.waiting import LONG_S

pytestmark = pytest.mark.neo4j


async def write(store: Database, id_: str) -> None:
    events = [FeedEvent(id_, "points.earned", "2026-04-01T00:00:00Z", {})]
    await store.write_one("feed/write", batch={"feed": feed_rows(events)})


async def test_a_process_that_runs_no_jobs_still_keeps_the_feed(store: Database) -> None:
    feed = Feed(store)
    await write(store, "old")
    await feed.number(())
    await store.run_schema("MATCH (b:FeedBatch) SET b.written = b.written - duration({days: 8})")
    await write(store, "new")
    await Jobs(store).put("jobs.forget", "a", {})
    async with (
        working(store, VAULT, settings_of(jobs_at_once=0, feed_days=7, feed_every_s=0.01)),
        asyncio.timeout(LONG_S),
    ):
        while [place for place, _ in await feed.page(0, 9)] != [2]:  # noqa: ASYNC110 (it happens in the store)
            await asyncio.sleep(0.01)
    [job] = await Jobs(store).list(kind=None, state=None, size=9)
    assert job["state"] == "waiting"
