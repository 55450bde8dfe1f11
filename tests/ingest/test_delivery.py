"""Every event of a batch is taken or kept as refused, and counted once, in the order in which it was sent."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EventRefused, Unavailable
from domain.events import Event
from ingest.delivery import EventOutcome, Raw, deliver
from ingest.parse import parse
from tests.kit.hard_cases import Teller
from tests.kit.memory import MemorySink, MemoryStore


def events(count: int) -> list[dict[str, Any]]:
    teller = Teller("delivery")
    for number in range(count):
        teller.identify("web", f"p-{number}", email=f"p{number}@delivery.example")
    return teller.events


async def test_each_event_is_counted_once_and_refusals_keep_their_place() -> None:
    sink, store = MemorySink(), MemoryStore()
    good = events(3)
    sink.outcomes[good[1]["messageId"]] = EventOutcome("refused", (), "/subject", "No.", "Try another.")
    sink.outcomes[good[2]["messageId"]] = EventOutcome("accepted", ("odd",))
    no_json = Raw(1, None, EventRefused("", "This is no JSON."))
    sent = [Raw(0, good[0]), no_json, Raw(2, good[1]), Raw(3, {"messageId": "m", "type": "x"}), Raw(4, good[2])]
    receipt = await deliver([*sent, Raw(5, good[0])], parse, sink, store, source="till")
    assert (receipt.accepted, receipt.duplicates, receipt.warnings) == (2, 1, [(4, "odd")])
    assert [(refused.index, refused.message_id) for refused in receipt.refused] == [
        (1, None),
        (2, good[1]["messageId"]),
        (3, "m"),
    ]
    assert [refused.quarantine_id for refused in receipt.refused] == list(store.refusals)
    assert {refusal.source for refusal in store.refusals.values()} == {"till"}


async def test_a_refusal_names_its_own_sender_where_none_is_given() -> None:
    store = MemoryStore()
    await deliver([Raw(0, {"source": "crm"}), Raw(1, ["nothing"])], parse, MemorySink(), store)
    assert [refusal.source for refusal in store.refusals.values()] == ["crm", "unknown"]


async def test_where_nothing_could_be_taken_nothing_is_refused_either() -> None:
    sink, store = MemorySink(), MemoryStore()
    sink.fault = Unavailable("The store is away.")
    batch = [Raw(0, events(1)[0]), Raw(1, {})]
    with pytest.raises(Unavailable):
        await deliver(batch, parse, sink, store)
    assert store.refusals == {}
    assert (await deliver(batch, parse, sink, store)).accepted == 1


async def test_a_fault_of_a_reader_is_no_refusal() -> None:
    def broken(value: Any) -> Event:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await deliver([Raw(0, {})], broken, MemorySink(), MemoryStore())
