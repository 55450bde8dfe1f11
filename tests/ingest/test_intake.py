"""The queue before the store: bounded, answered when durable, undisturbed by a bad event or a client that left."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import Sequence

import pytest

from domain.errors import Overloaded, Unavailable
from domain.events import Event
from graph.store.database import Database
from tests.ingest.gates import Gate, held, stop
from tests.kit.building import READER, VAULT, committer_of, read
from tests.kit.hard_cases import guests
from tests.kit.invariants import invariants
from tests.kit.waiting import LONG_S, until


def plain(number: int, *, prefix: str = "plain") -> list[Event]:
    return read(guests(number, 0, prefix=prefix))


async def test_past_the_bound_the_answer_is_overloaded_and_nothing_is_taken() -> None:
    gate = Gate()
    intake = held(gate, intake_queue=100, intake_batch=10)
    writer = asyncio.create_task(intake.write())
    taken = [asyncio.create_task(intake.submit(plain(25, prefix=f"p{n}"))) for n in range(4)]
    await until(lambda: intake.waiting == 100)
    with pytest.raises(Overloaded) as caught:
        await intake.submit(plain(1))
    assert caught.value.retry_after >= 1
    assert intake.waiting == 100
    gate.open.set()
    outcomes = await asyncio.gather(*taken)
    assert [outcome.status for answer in outcomes for outcome in answer] == ["accepted"] * 100
    assert intake.waiting == 0
    assert sum(gate.sizes) == 100
    assert (await intake.submit(plain(1)))[0].status == "accepted"
    await stop(intake, gate, writer)


async def test_requests_that_come_at_once_cannot_pass_the_bound_together() -> None:
    """Reading a large request lets others run in between; its place is taken all the same."""
    gate = Gate()
    intake = held(gate, intake_queue=1000)
    writer = asyncio.create_task(intake.write())
    events = plain(400)
    requests = [asyncio.create_task(intake.submit(events)) for _ in range(10)]
    await until(lambda: intake.waiting + 400 * sum(request.done() for request in requests) == 4_000)
    answers = await _settled(requests, gate)
    assert sum(isinstance(answer, Overloaded) for answer in answers) == 8
    await stop(intake, gate, writer)


async def test_memory_is_flat_under_overload() -> None:
    gate = Gate()
    intake = held(gate, intake_queue=200)
    writer = asyncio.create_task(intake.write())
    events = plain(100)
    taken = [asyncio.create_task(intake.submit(events)) for _ in range(2)]
    await until(lambda: intake.waiting == 200)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(300):
            with pytest.raises(Overloaded):
                await intake.submit(events)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 200_000
    gate.open.set()
    await asyncio.gather(*taken)
    await stop(intake, gate, writer)


async def test_a_client_that_leaves_takes_nobody_with_it() -> None:
    gate = Gate()
    intake = held(gate)
    writer = asyncio.create_task(intake.write())
    leaving = asyncio.create_task(intake.submit(plain(3, prefix="gone")))
    staying = asyncio.create_task(intake.submit(plain(3, prefix="here")))
    await until(lambda: intake.waiting == 6)
    leaving.cancel()
    gate.open.set()
    assert len(await asyncio.wait_for(staying, LONG_S)) == 3
    assert len(await asyncio.wait_for(intake.submit(plain(2)), LONG_S)) == 2
    with pytest.raises(asyncio.CancelledError):
        await leaving
    await stop(intake, gate, writer)


async def test_a_store_that_is_away_is_told_to_every_waiting_request() -> None:
    gate = Gate()
    gate.fault = Unavailable("away")
    intake = held(gate)
    writer = asyncio.create_task(intake.write())
    requests = [asyncio.create_task(intake.submit(plain(2))) for _ in range(3)]
    await until(lambda: intake.waiting == 6)
    answers = await _settled(requests, gate)
    assert [type(answer) for answer in answers] == [Unavailable] * 3
    gate.fault = None
    assert len(await intake.submit(plain(1))) == 1
    await stop(intake, gate, writer)


async def test_the_end_commits_what_waits_and_takes_no_more() -> None:
    gate = Gate()
    intake = held(gate, intake_batch=2)
    writer = asyncio.create_task(intake.write())
    waiting = asyncio.create_task(intake.submit(plain(7)))
    late = asyncio.create_task(intake.submit(plain(120, prefix="late")))  # still being read when the end comes
    await asyncio.sleep(0)
    intake.close()
    with pytest.raises(Unavailable):
        await late
    gate.open.set()
    outcomes = await asyncio.wait_for(waiting, LONG_S)
    assert [outcome.status for outcome in outcomes] == ["accepted"] * 7
    await asyncio.wait_for(writer, LONG_S)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(intake.submit(plain(1)), LONG_S)


async def test_when_the_writer_is_gone_nobody_waits_for_it() -> None:
    gate = Gate()
    intake = held(gate, intake_batch=2)
    writer = asyncio.create_task(intake.write())
    waiting = asyncio.create_task(intake.submit(plain(7)))
    await until(lambda: intake.waiting == 7)
    writer.cancel()
    with pytest.raises(Unavailable):
        await asyncio.wait_for(waiting, LONG_S)
    with pytest.raises(Unavailable):
        await asyncio.wait_for(intake.submit(plain(1)), LONG_S)
    with pytest.raises(asyncio.CancelledError):
        await writer


@pytest.mark.neo4j
async def test_what_was_acknowledged_under_overload_is_there_and_nothing_else(store: Database) -> None:
    gate = Gate(committer_of(store))
    gate.open.set()
    intake = held(gate, intake_queue=60, intake_batch=20)
    writer = asyncio.create_task(intake.write())
    requests = [list(guests(1, 3, prefix=f"load{n}")) for n in range(60)]
    answers = await asyncio.gather(*(intake.submit(read(request)) for request in requests), return_exceptions=True)
    await stop(intake, gate, writer)
    taken = [request for request, answer in zip(requests, answers, strict=True) if isinstance(answer, list)]
    refused = [answer for answer in answers if not isinstance(answer, list)]
    assert taken
    assert refused
    assert {type(answer) for answer in refused} == {Overloaded}
    found = await invariants(store, VAULT)
    assert found["events"].keys() == {READER.event_key(e.source, e.message_id) for r in taken for e in read(r)}


async def _settled(tasks: Sequence[asyncio.Task[object]], gate: Gate) -> list[object]:
    gate.open.set()
    return await asyncio.gather(*tasks, return_exceptions=True)
