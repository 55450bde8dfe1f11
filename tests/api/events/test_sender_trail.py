"""What the intake leaves in the audit log: who sent, and whose consents were changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from api.events.sender_trail import SenderTrail
from domain.errors import EventRefused
from ingest.delivery import Receipt
from ingest.parse import parse
from privacy.audit_log import AuditLog, Entry
from resolvers.access.caller import Caller
from tests.kit.building import READER
from tests.kit.story import event, order, person

CALLER = Caller("till", frozenset())


class Log(AuditLog):
    """Keeps entries, and knows one customer of each record."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.asked: set[str] = set()

    async def add(self, entry: Entry) -> None:
        self.entries.append(entry)

    async def customers_of(self, records: Collection[str]) -> tuple[str, ...]:
        self.asked |= set(records)
        return tuple(f"CUST-{n}" for n, _ in enumerate(sorted(records)))


async def _left(*raws: dict[str, Any]) -> Log:
    log = Log()
    trail = SenderTrail(CALLER, "events", log, READER)
    for raw in raws:
        trail.saw(parse(raw))

    async def taking() -> Receipt:
        return Receipt(len(raws))

    assert (await trail.receipt(len(raws), taking())).accepted == len(raws)
    return log


async def test_the_entry_of_a_consent_names_the_customer() -> None:
    ann, bob = person(phone="+12125550111"), person(phone="+12125550112")
    log = await _left(
        event("consent.changed", "till", "05T12:00", subject=ann, consent={"purpose": "sms", "granted": True}),
        event("consent.changed", "till", "05T12:00", subject=bob, consent={"purpose": "sms", "granted": False}),
        order("05T12:00", "o", "pasta", "1.00", person(phone="+12125550113")),
    )
    [sent, consents] = log.entries
    assert (sent.what, sent.events, sent.customers) == (("events",), 3, ())
    assert (consents.what, consents.events, consents.customers) == (("consent.changed",), 2, ("CUST-0", "CUST-1"))
    assert (consents.actor, consents.action) == ("till", "send")
    assert len(log.asked) == 2


async def test_without_consents_there_is_one_entry() -> None:
    log = await _left(order("05T12:00", "o", "pasta", "1.00", person(phone="+12125550113")))
    assert [entry.what for entry in log.entries] == [("events",)]
    assert not log.asked


def test_an_answer_that_the_intake_would_refuse_is_refused_before_anything_is_taken() -> None:
    trail = SenderTrail(CALLER, "events", Log(), READER)
    raw = event(
        "consent.changed", "till", "05T12:00",
        subject=person(shoe_size="44"), consent={"purpose": "sms", "granted": True},
    )  # fmt: skip
    with pytest.raises(EventRefused):
        trail.saw(parse(raw))
    assert trail.answers == []
