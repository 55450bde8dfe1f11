"""Deliveries to a real receiver from a real store: in order, at least once, and never for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest

from domain.feed_event import FeedEvent, feed_rows
from engagement.webhooks.deliveries import MAX_REFUSALS, Deliveries
from engagement.webhooks.receiver import Receiver, Secret
from engagement.webhooks.sender import DeliveryOutcome
from graph.feed import Feed
from graph.jobs import JobKind, Jobs, JobState
from graph.store.database import Database, Row
from graph.webhooks import DELIVER, Webhooks
from runtime.job_runner import JobRunner
from tests.kit.building import VAULT
from tests.kit.hook_receiver import Hooks, hook_receiver

pytestmark = pytest.mark.neo4j


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_receiver() as hooks:
        yield hooks


class Sending:
    """A webhook `w` in the store, and a process that delivers to it."""

    def __init__(self, store: Database, hooks: Hooks, give_up: timedelta = timedelta(hours=1)) -> None:
        self.store, self.hooks = store, hooks
        self.webhooks, self.feed = Webhooks(store), Feed(store)
        self.deliveries = Deliveries(store, VAULT, give_up, anywhere=True)
        self.runner = JobRunner(Jobs(store), [JobKind(DELIVER, self.deliveries.run)], at_once=1, lease_s=60)

    async def create(self, types: list[str] | None = None, brands: list[str] | None = None) -> None:
        sealed = Receiver("w", self.hooks.url, [Secret.new()]).sealed(VAULT)
        props = {"sealed": sealed, "types": types, "brands": brands, "createdBy": "test"}
        assert await self.webhooks.create("w", props, place=await self.feed.end())

    async def tell(self, *ids: str, type_: str = "points.earned", brand: str | None = "pasta") -> None:
        """A commit with these events."""
        events = [FeedEvent(one, type_, "2026-04-01T00:00:00Z", {"points": 1}, brand=brand) for one in ids]
        await self.store.write_one("feed/write", batch={"feed": feed_rows(events)})

    async def deliver(self) -> list[str]:
        """What arrives in one run of what is due."""
        before = len(self.hooks.ids)
        await self.feed.number([DELIVER])
        await self.runner.run_due()
        return self.hooks.ids[before:]

    async def hurry(self) -> list[str]:
        """What arrives when the time of waiting is over."""
        await self.store.run_schema(
            "MATCH (j:Job) WHERE j.nextAt < datetime() + duration('P2D') SET j.nextAt = datetime()"
        )
        return await self.deliver()

    async def row(self) -> Row:
        row = await self.webhooks.one("w")
        assert row is not None
        return row | {"progress": orjson.loads(row["progress"])}


async def test_events_arrive_in_order_and_each_once(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.tell("before")
    await one.feed.number([])
    await one.create()
    for number in range(45):
        await one.tell(f"{number}a", f"{number}b")
    assert await one.deliver() == [f"{number}{half}" for number in range(45) for half in "ab"]
    assert await one.deliver() == []
    await one.tell("later")
    assert await one.deliver() == ["later"]
    assert one.deliveries.outcomes == {DeliveryOutcome.DELIVERED: 91}
    assert (await one.row())["progress"]["deliveredAt"]


async def test_only_what_is_wanted_is_sent(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create(types=["points.earned"], brands=["pasta"])
    await one.tell("a", "b")
    await one.tell("c", brand="burger")
    await one.tell("d", type_="points.held")
    await one.tell("e", type_="customer.merged", brand=None)
    await one.tell("f")
    assert await one.deliver() == ["a", "b", "f"]


async def test_a_receiver_that_fails_holds_the_order_and_loses_nothing(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a", "b", "c")
    hooks.answer = lambda number: 204 if number == 1 else 503
    assert await one.deliver() == ["a", "b"]
    assert await one.deliver() == [], "it waits"
    await one.tell("d")
    assert await one.deliver() == [], "also where there is more"
    assert await one.hurry() == ["b"]
    progress = (await one.row())["progress"]
    assert (progress["failures"], progress["last"]) == (2, "status 503")
    hooks.answer = lambda number: 204
    assert await one.hurry() == ["b", "c", "d"]
    progress = (await one.row())["progress"]
    assert (progress["failures"], progress["failingSince"]) == (0, None)


async def test_what_was_sent_and_not_noted_is_sent_again_with_the_same_id(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a", "b")
    await one.feed.number([DELIVER])
    [job] = await one.runner.jobs.claim([DELIVER], 1, seconds=0)

    async def dies(value: Any) -> None:
        raise SystemError  # behind the sending, before the cursor is written

    progress = one.runner.jobs.progress(job, seconds=0)
    progress._save = dies  # pyright: ignore
    with pytest.raises(SystemError):
        await one.deliveries.run(job, progress)
    assert hooks.ids == ["a", "b"]
    assert await one.deliver() == ["a", "b"]
    assert len({headers["webhook-id"] for headers, _ in hooks.requests}) == 2


async def test_a_refused_event_becomes_a_dead_letter_and_the_others_go_on(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a", "bad", "c")
    hooks.answer = lambda number: 422 if hooks.ids[-1] == "bad" else 204
    assert await one.deliver() == ["a", "bad"]
    for _ in range(MAX_REFUSALS - 2):
        assert await one.hurry() == ["bad"]
    assert await one.hurry() == ["bad", "c"]
    [letter] = await one.webhooks.letters("w")
    assert (letter["event"], letter["type"], letter["why"]) == ("bad", "points.earned", "status 422")
    assert (await one.row())["deadLetters"] == 1
    await one.webhooks.send_letters_again("w")
    assert await one.deliver() == ["bad"]
    assert await one.deliver() == [], "refused again, it waits for somebody"
    hooks.answer = lambda number: 204
    await one.webhooks.send_letters_again("w")
    assert await one.deliver() == ["bad"]
    assert (await one.row())["deadLetters"] == 0
    assert hooks.events[-1] == hooks.events[1]


@pytest.mark.parametrize(("status", "reason"), [(410, "410"), (503, "status 503")])
async def test_who_is_gone_or_fails_too_long_is_disabled_and_says_why(
    store: Database, hooks: Hooks, status: int, reason: str
) -> None:
    one = Sending(store, hooks, give_up=timedelta())
    await one.create()
    await one.tell("a")
    hooks.answer = lambda number: status
    assert await one.deliver() == ["a"]
    row = await one.row()
    assert row["active"] is False
    assert reason in row["reason"]
    hooks.answer = lambda number: 204
    await one.tell("b")
    assert await one.hurry() == []
    assert await one.webhooks.update(row, active=True, reason=None)
    assert await one.deliver() == ["a", "b"], "nothing is lost meanwhile"


async def test_a_replay_sends_again_from_its_place(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    for name in "abc":
        await one.tell(name)
    assert await one.deliver() == ["a", "b", "c"]
    row = await one.row()
    assert await one.webhooks.update(row, replay="token|2")
    assert not await one.webhooks.update(row | {"sealed": b"before"}, active=False)
    assert await one.deliver() == ["b", "c"]
    await one.tell("d")
    assert await one.deliver() == ["d"]


async def test_events_that_are_forgotten_are_passed_over(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    for name in "abc":
        await one.tell(name)
    await one.feed.number([])
    await store.run_schema("MATCH (b:FeedBatch) WHERE b.place < 3 DELETE b")
    await one.tell("d")
    assert await one.deliver() == ["c", "d"]


async def test_a_webhook_that_is_deleted_has_no_job_any_more(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    assert await one.webhooks.delete("w")
    assert not await one.webhooks.delete("w")
    await one.tell("a")
    assert await one.deliver() == []
    assert await one.runner.jobs.list(kind=DELIVER, state=None, size=9) == []


async def test_after_a_restore_nobody_is_told_before_somebody_enables_it(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.webhooks.hold("restored")
    await one.tell("a")
    assert await one.deliver() == []
    row = await one.row()
    assert (row["active"], row["reason"]) == (False, "restored")
    await one.webhooks.update(row, active=True, reason=None)
    assert await one.deliver() == ["a"]


async def test_a_job_of_no_webhook_ends(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.runner.jobs.put(DELIVER, "gone", {"place": 1, "done": 0})
    await one.deliver()
    assert [row["about"] for row in await one.runner.jobs.list(kind=None, state=JobState.DONE, size=9)] == ["gone"]
