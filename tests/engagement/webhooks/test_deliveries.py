"""Deliveries to a real receiver from a real store: in order, at least once, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
import pytest

from domain.feed_event import FeedEvent, feed_rows
from engagement.webhooks import deliveries as module
from engagement.webhooks.deliveries import MAX_REFUSALS, Deliveries
from engagement.webhooks.receiver import Receiver, Secret
from engagement.webhooks.sender import DeliveryOutcome
from graph import webhooks as stored
from graph.feed import Feed
from graph.jobs import JobKind, Jobs, JobState
from graph.store.database import Database, Row
from graph.webhooks import DELIVER, MAX_LETTERS_SHOWN, Webhooks
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

    async def turn(self) -> list[str]:
        """What arrives in one turn of the job."""
        before = len(self.hooks.ids)
        await self.feed.number([DELIVER])
        for job in await self.runner.jobs.claim([DELIVER], 1, seconds=60):
            later = await self.deliveries.run(job, self.runner.jobs.progress(job, seconds=60))
            assert later is not None
            await self.runner.jobs.leave(job, delay=None if later.after is None else later.after.total_seconds())
        return self.hooks.ids[before:]

    async def know(self, **progress: Any) -> None:
        """Changes the stored progress."""
        value = (await self.row())["progress"] | progress
        await self.store.run_schema(f"MATCH (j:Job {{about: 'w'}}) SET j.progress = '{orjson.dumps(value).decode()}'")

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


async def test_a_replay_skips_nothing_that_was_never_sent(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a", "b")
    hooks.answer = lambda number: 204 if number == 1 else 503
    assert await one.deliver() == ["a", "b"]
    await one.tell("c")
    await one.feed.number([DELIVER])
    assert await one.webhooks.update(await one.row(), replay=f"token|{await one.feed.end()}")
    hooks.answer = lambda number: 204
    assert await one.deliver() == ["b", "c"]
    assert await one.webhooks.update(await one.row(), replay="other|1000")
    await one.tell("d")
    assert await one.deliver() == ["d"]


async def test_a_replay_counts_refusals_anew(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    for name in "ab":
        await one.tell(name)
    hooks.answer = lambda number: 422 if hooks.ids[-1] == "b" else 204
    assert await one.deliver() == ["a", "b"]
    assert await one.hurry() == ["b"]
    hooks.answer = lambda number: 422
    assert await one.webhooks.update(await one.row(), replay="token|1")
    assert await one.deliver() == ["a"]
    row = await one.row()
    assert (row["progress"]["refusals"], row["deadLetters"]) == (1, 0)


async def test_a_turn_ends_behind_any_event_and_the_next_one_reads_the_webhook_anew(
    store: Database, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a", "b", "c")
    monkeypatch.setattr(module, "_TURN_S", 0)
    assert await one.turn() == ["a"]
    assert await one.turn() == ["b"]
    assert await one.webhooks.update(await one.row(), active=False)
    assert await one.turn() == []
    assert await one.webhooks.update(await one.row(), active=True)
    assert await one.turn() == ["c"]
    assert await one.turn() == []


async def letters(one: Sending, count: int) -> list[str]:
    """Dead letters, which are to be sent again."""
    names = [f"l{number:03}" for number in range(count)]
    for name in names:
        assert await one.webhooks.put_letter("w", name, type="t", content=f'{{"id": "{name}"}}', why="status 422")
    await one.webhooks.send_letters_again("w")
    return names


async def test_a_turn_ends_behind_any_dead_letter(
    store: Database, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Sending(store, hooks)
    await one.create()
    names = await letters(one, 2)
    monkeypatch.setattr(module, "_TURN_S", 0)
    assert [await one.turn() for _ in names] == [[name] for name in names]


async def test_all_dead_letters_are_sent_again(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    names = await letters(one, MAX_LETTERS_SHOWN + 5)
    assert await one.deliver() == names
    assert (await one.row())["deadLetters"] == 0


async def test_who_refuses_everything_for_too_long_is_disabled(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a", "b")
    hooks.answer = lambda number: 400
    assert await one.deliver() == ["a"]
    assert (await one.row())["progress"]["failingSince"]
    await one.know(failingSince="2026-01-01T00:00:00+00:00")
    assert await one.hurry() == ["a"]
    row = await one.row()
    assert (row["active"], row["deadLetters"]) == (False, 0)
    assert "status 400" in row["reason"]


async def test_an_event_that_arrives_ends_the_time_of_refusals(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("bad", "good")
    hooks.answer = lambda number: 400 if hooks.ids[-1] == "bad" else 204
    await one.deliver()
    for _ in range(MAX_REFUSALS - 1):
        await one.hurry()
    row = await one.row()
    assert (row["progress"]["failingSince"], row["deadLetters"]) == (None, 1)


async def test_one_refused_event_of_long_ago_does_not_make_the_first_failure_the_last(
    store: Database, hooks: Hooks
) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.know(failingSince="2026-01-01T00:00:00+00:00", refusals=0)
    await one.tell("a")
    hooks.answer = lambda number: 503
    assert await one.deliver() == ["a"]
    assert (await one.row())["active"]


async def test_a_webhook_with_too_many_dead_letters_is_disabled(
    store: Database, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored, "MAX_LETTERS", 1)
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a", "b")
    hooks.answer = lambda number: 400
    await one.deliver()
    for _ in range(2 * MAX_REFUSALS - 1):
        await one.hurry()
    row = await one.row()
    assert (row["active"], row["deadLetters"]) == (False, 1)
    assert "dead letters" in row["reason"]
    assert await one.webhooks.put_letter("w", "a", type="t", content="{}", why="again"), "one that is there stays"
    hooks.answer = lambda number: 204
    await one.webhooks.update(row, active=True, reason=None)
    assert await one.deliver() == ["b"], "what found no place comes again"


async def test_who_enables_a_webhook_gives_its_receiver_all_the_time_again(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a")
    hooks.answer = lambda number: 503
    assert await one.deliver() == ["a"]
    await one.webhooks.update(await one.row(), active=False)
    await one.know(failures=30, failingSince="2026-01-01T00:00:00+00:00")
    await one.webhooks.update(await one.row(), active=True, reason=None)
    assert await one.deliver() == ["a"]
    row = await one.row()
    assert (row["active"], row["progress"]["failures"]) == (True, 1)


async def test_what_somebody_changed_meanwhile_is_not_disabled(store: Database, hooks: Hooks) -> None:
    one = Sending(store, hooks)
    await one.create()
    await one.tell("a")
    row, loop = await one.row(), asyncio.get_running_loop()

    def answer(number: int) -> int:
        if number > 1:
            return 204
        sealed = Receiver("w", hooks.url, [Secret.new()]).sealed(VAULT)
        asyncio.run_coroutine_threadsafe(one.webhooks.update(row, sealed=sealed), loop).result(30)
        return 410

    hooks.answer = answer
    assert await one.deliver() == ["a", "a"]
    assert (await one.row())["active"]
    old = await one.row()
    await one.webhooks.update(old, active=True, reason=None)
    assert not await one.webhooks.disable(old, "late")
    await one.webhooks.update(old, active=False, reason=None)
    assert not await one.webhooks.disable(await one.row(), "late")
    assert (await one.row())["reason"] is None
