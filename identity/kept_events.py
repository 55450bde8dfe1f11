"""An accepted event as its receipt keeps it, sealed: all that its sender said, and what is believed of that sender."""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import ValidationError

from domain.enrolment import MemberEnrolled
from domain.errors import EventRefused
from domain.events import AccountOrder, CardChanged, Event, GuestsAnswer, event_adapter
from identity.sender_rights import ALL_RIGHTS, SenderRights

_SENDER = "sender"
"""The member beside those of the event; no event has one of this name."""


def content_of(event: Event, rights: SenderRights) -> bytes:
    """The event as JSON, without members that have their default, and with its sender where that is a limited one."""
    text = event.model_dump_json(by_alias=True, exclude_defaults=True).encode()
    sender: dict[str, Any] = {}
    if isinstance(event, GuestsAnswer):
        sender["guest"] = True
    if isinstance(event, AccountOrder):
        sender["account"] = event.record
    if isinstance(event, CardChanged):
        sender["card"] = event.change.model_dump(mode="json") | {"record": event.record}
    if isinstance(event, MemberEnrolled):
        sender["enrolment"] = event.enrolment.model_dump(mode="json") | {"record": event.record}
    if rights != ALL_RIGHTS:
        limits = {"brands": rights.brands, "stores": rights.stores}
        sender |= {name: sorted(limit) for name, limit in limits.items() if limit is not None}
        sender["identity"] = rights.identity
        if rights.own:
            sender["own"] = True
    return text if not sender else orjson.dumps(orjson.loads(text) | {_SENDER: sender})


def event_of(content: dict[str, Any]) -> tuple[Event, SenderRights]:
    """The event and the rights of its sender, from what `content_of` gave. Raises EventRefused where the contract of
    today does not take the event any more."""
    sender = content.get(_SENDER, {})
    try:
        event = event_adapter.validate_python({n: value for n, value in content.items() if n != _SENDER})
    except ValidationError:
        raise EventRefused("", "was accepted before, and is none of today's contract") from None
    if sender.get("guest"):
        event = GuestsAnswer.model_validate(event.model_dump())
    if "account" in sender:
        event = AccountOrder.model_validate(event.model_dump() | {"record": sender["account"]})
    if "card" in sender:
        change = {name: value for name, value in sender["card"].items() if name != "record"}
        changed = event.model_dump() | {"record": sender["card"]["record"], "change": change}
        event = CardChanged.model_validate(changed)
    if "enrolment" in sender:
        said = {name: value for name, value in sender["enrolment"].items() if name != "record"}
        enrolled = event.model_dump() | {"record": sender["enrolment"]["record"], "enrolment": said}
        event = MemberEnrolled.model_validate(enrolled)
    limits = {name: frozenset(sender[name]) for name in ("brands", "stores") if name in sender}
    return event, SenderRights(**limits, identity=sender.get("identity", True), own=sender.get("own", False))
