"""Events wait for one writer in order, count until they are done, and nobody waits for a writer that is gone."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Unavailable
from identity.claims import Claims
from ingest.delivery import EventOutcome
from ingest.write_queue import Lane, LaneApart, Waiting
from tests.kit.building import READER, read
from tests.kit.hard_cases import Teller


def claims_of(*people: str) -> list[Claims]:
    teller = Teller()
    for person in people:
        teller.identify("web", person, email=f"{person}@queue.example")
    return [READER.claims(event) for event in read(teller.events)]


def waiting(*people: str) -> list[Waiting]:
    loop = asyncio.get_running_loop()
    return [Waiting(claims, loop.create_future()) for claims in claims_of(*people)]


async def test_batches_come_in_order_and_count_until_they_are_done() -> None:
    lane, sent = Lane(), waiting("a", "b", "c")
    lane.put(sent)
    first = await lane.take(2, 0)
    assert first == sent[:2]
    assert len(lane) == 3
    lane.done(first)
    assert len(lane) == 1
    assert await lane.take(2, 0) == sent[2:]


async def test_a_batch_waits_for_the_first_event_and_a_little_for_company() -> None:
    lane, sent = Lane(), waiting("a", "b")
    taking = asyncio.create_task(lane.take(2, 1))
    await asyncio.sleep(0)
    assert not taking.done()
    lane.put(sent[:1])
    await asyncio.sleep(0.01)
    lane.put(sent[1:])
    assert await taking == sent


async def test_a_closed_lane_ends_when_nothing_waits() -> None:
    lane = Lane()
    lane.put(waiting("a"))
    lane.close()
    assert not lane.ended
    assert len(await lane.take(5, 60)) == 1  # no company is waited for
    assert lane.ended
    assert await lane.take(5, 60) == []


async def test_nobody_waits_for_a_writer_that_is_gone() -> None:
    lane, sent = Lane(), waiting("a", "b")
    lane.put(sent)
    sent[0].answer.cancel()
    lane.stop()
    with pytest.raises(Unavailable):
        await sent[1].answer
    assert sent[0].answer.cancelled()


async def test_an_answer_is_given_once_and_to_nobody_who_left() -> None:
    one, other = waiting("a", "b")
    one.tell(EventOutcome("accepted"))
    one.tell(EventOutcome("duplicate"))
    assert (await one.answer).status == "accepted"
    other.answer.cancel()
    other.fail(Unavailable("The store is away."))
    assert other.answer.cancelled()


async def test_a_lane_apart_blocks_what_names_the_same_until_it_is_done() -> None:
    lane, sent = LaneApart(), waiting("a", "a")
    [same, stranger] = claims_of("a", "z")
    assert not lane.blocks(same)
    lane.put(sent)
    assert lane.blocks(same)
    assert not lane.blocks(stranger)
    lane.done(await lane.take(1, 0))
    assert lane.blocks(same)  # the other one still waits
    lane.done(await lane.take(1, 0))
    assert not lane.blocks(same)
