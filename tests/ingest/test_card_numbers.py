"""Card numbers of an event are taken out before it is parsed, and an event that uses one as an id is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.card_numbers import WARNING, without_card_numbers
from ingest.delivery import Raw, deliver
from ingest.parse import parse
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import event, order, person

CARD = "5555555555554444"
GUEST = person(phone="+12125550142")
TEXTS: dict[str, dict[str, Any]] = {
    "a line's name": order("05T12:00", "o", "pasta", "1", GUEST,
                           lines=[{"product": "p", "name": f"For {CARD}", "amount": "1"}]),
    "a terminal": order("05T12:00", "o", "pasta", "1", GUEST, terminal=CARD),
    "a property": event("track", "web", "05T12:00", subject=GUEST, name="x", properties={"a": [{"b": CARD}]}),
    "a number": event("track", "web", "05T12:00", subject=GUEST, name="x", properties={"a": int(CARD)}),
    "a property's name": event("track", "web", "05T12:00", subject=GUEST, name="x", properties={CARD: 1}),
    "a name of an event": event("track", "web", "05T12:00", subject=GUEST, name=f"paid {CARD}"),
    "a page": event("page", "web", "05T12:00", subject=GUEST, name=f"/pay/{CARD}"),
    "a trait": event("identify", "web", "05T12:00", subject=GUEST | {"traits": {"extra": {"note": CARD}}}),
    "a family name": event("identify", "web", "05T12:00", subject=GUEST | {"traits": {"familyName": f"Roe {CARD}"}}),
    "a reason": event("order.refunded", "web", "05T12:00",
                      refund={"id": "r", "order": "o", "currency": "USD", "amount": "1", "reason": CARD}),
    "a store": event("store.upserted", "web", "05T12:00",
                     store={"id": "s", "name": CARD, "brand": {"id": "b", "name": "B"}}),
}  # fmt: skip
IDS: dict[str, dict[str, Any]] = {
    "an order": order("05T12:00", CARD, "pasta", "1", GUEST),
    "a part of an order's id": order("05T12:00", f"o-{CARD}", "pasta", "1", GUEST),
    "a subject": event("identify", "web", "05T12:00", subject={"id": CARD}),
    "a payment token": event("identify", "web", "05T12:00", subject=person(payment_token=CARD)),
    "a loyalty card": event("identify", "web", "05T12:00", subject=person(loyalty_card="5555 5555 5555 4444")),
    "an e-mail address": event("identify", "web", "05T12:00", subject=person(email=f"{CARD}@mail.example")),
    "a message": event("identify", "web", "05T12:00", subject=GUEST) | {"messageId": CARD},
    "a source": event("identify", CARD, "05T12:00", subject=GUEST),
    "a refund": event("order.refunded", "web", "05T12:00",
                      refund={"id": CARD, "order": "o", "currency": "USD", "amount": "1"}),
    "a product": order("05T12:00", "o", "pasta", "1", GUEST, lines=[{"product": CARD, "amount": "1"}]),
    "another system's order": {"type": "track", "event": "Order Completed", "properties": {"order_id": CARD}},
    "another system's user": {"type": "track", "event": "x", "userId": CARD},
}  # fmt: skip


@pytest.mark.parametrize("raw", TEXTS.values(), ids=TEXTS)
async def test_a_card_number_in_a_text_is_left_out_with_a_warning(raw: dict[str, Any]) -> None:
    sink, store = MemorySink(), MemoryStore()
    receipt = await deliver([Raw(0, raw)], parse, sink, store)
    assert (receipt.accepted, len(receipt.refused)) == (1, 0)
    assert [index for index, text in receipt.warnings if text.endswith(WARNING)] == [0]
    assert CARD not in repr(sink.events)


@pytest.mark.parametrize("raw", IDS.values(), ids=IDS)
async def test_a_card_number_as_an_id_is_refused_and_not_kept(raw: dict[str, Any]) -> None:
    sink, store = MemorySink(), MemoryStore()
    receipt = await deliver([Raw(0, raw)], parse, sink, store)
    assert (receipt.accepted, len(receipt.refused)) == (0, 1)
    kept = repr((sink.events, store.refusals, receipt))
    assert CARD not in kept
    assert "5555 5555" not in kept


async def test_what_is_refused_for_another_reason_is_kept_without_it() -> None:
    store = MemoryStore()
    raws = [Raw(0, {"type": "nonsense", "note": CARD}), Raw(1, f"{{not json {CARD}")]
    receipt = await deliver(raws, parse, MemorySink(), store)
    assert len(receipt.refused) == 2
    assert CARD not in repr(store.refusals)


def test_without_a_card_number_it_is_the_same_value() -> None:
    raw = order("05T12:00", "1767225600123", "pasta", "1", GUEST)
    assert without_card_numbers(raw) == (raw, [], None)
    assert without_card_numbers(raw)[0] is raw
