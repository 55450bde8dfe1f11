"""What is kept of an event reads as the same event again, from the same sender."""

from __future__ import annotations

import orjson
import pytest

from domain.enrolment import MemberEnrolled
from domain.errors import EventRefused
from domain.events import AccountOrder, CardChanged, GuestsAnswer
from identity.kept_events import content_of, event_of
from identity.sender_rights import ALL_RIGHTS, SenderRights
from tests.kit.building import read
from tests.kit.hard_cases import hard_events
from tests.kit.story import reference, revelation, strangers

EVENTS = read([*hard_events(), *reference(), *strangers(), *revelation()])


@pytest.mark.parametrize(
    "rights",
    [
        ALL_RIGHTS,
        SenderRights(frozenset({"pasta", "burger"})),
        SenderRights(frozenset(), frozenset({"s-1"})),
        SenderRights(identity=False),
    ],
)
def test_every_event_comes_back_from_its_sender(rights: SenderRights) -> None:
    for event in EVENTS:
        assert event_of(orjson.loads(content_of(event, rights))) == (event, rights)


def test_a_guests_own_answer_stays_one() -> None:
    answer = next(event for event in EVENTS if event.type == "consent.changed")
    guests = GuestsAnswer.model_validate(answer.model_dump())
    event, rights = event_of(orjson.loads(content_of(guests, ALL_RIGHTS)))
    assert (type(event), event, rights) == (GuestsAnswer, guests, ALL_RIGHTS)


def test_an_order_of_an_account_stays_one() -> None:
    order = next(event for event in EVENTS if event.type == "order.completed")
    said = AccountOrder.model_validate(order.model_dump() | {"record": "web|record-1"})
    event, rights = event_of(orjson.loads(content_of(said, ALL_RIGHTS)))
    assert (type(event), event, rights) == (AccountOrder, said, ALL_RIGHTS)


def test_a_change_of_a_card_stays_one() -> None:
    said = next(event for event in EVENTS if event.type == "identify")
    change = {"action": "block", "asked": "hash", "reason": "lost"}
    changed = CardChanged.model_validate(said.model_dump() | {"record": "web|record-1", "change": change})
    event, rights = event_of(orjson.loads(content_of(changed, ALL_RIGHTS)))
    assert (type(event), event, rights) == (CardChanged, changed, ALL_RIGHTS)


@pytest.mark.parametrize("record", [None, "web|record-1"])
def test_an_enrolment_stays_one(record: str | None) -> None:
    said = next(event for event in EVENTS if event.type == "identify")
    enrolment = {"asked": "hash", "store": "s-1", "channel": "in_store", "purposes": ["sms"]}
    joined = MemberEnrolled.model_validate(said.model_dump() | {"record": record, "enrolment": enrolment})
    rights = SenderRights(identity=False)
    event, kept = event_of(orjson.loads(content_of(joined, rights)))
    assert (type(event), event, kept) == (MemberEnrolled, joined, rights)


def test_what_no_contract_takes_any_more_is_refused() -> None:
    with pytest.raises(EventRefused):
        event_of({"type": "order.eaten", "messageId": "m-1"})
