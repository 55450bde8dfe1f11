"""Takes payment card numbers out of what a sender sent, before anything of it is parsed, stored or kept as refused."""

from __future__ import annotations

import re
from typing import Any

import orjson

from domain.errors import EventRefused
from matching.personal_data import cards_taken_out, may_hold_card

WARNING = "holds a payment card number, which was left out"
_AS_ID = "holds a payment card number in the place of an id"
_IDS = frozenset(("brand", "email", "order", "phone", "product", "sku", "source", "store"))
_SHOWABLE = re.compile(r"[A-Za-z]{1,40}")


def without_card_numbers(value: Any) -> tuple[Any, list[str], EventRefused | None]:
    """What was sent without card numbers, a warning for each place where one was, and, where one was an id, why it is
    refused: two guests with a card for an id must not become one."""
    if not _worth_a_look(value):
        return value, [], None
    kept, places = cards_taken_out(value)
    ids = [_pointer(place) for place in places if _is_id(place)]
    refusal = EventRefused(ids[0], _AS_ID, hint="Send a token of it. Card numbers are never stored.") if ids else None
    return kept, [f"{pointer}: {WARNING}" for pointer in dict.fromkeys(map(_pointer, places))], refusal


def _worth_a_look(value: Any) -> bool:
    try:
        return may_hold_card(orjson.dumps(value).decode())
    except TypeError:  # nested more deeply than can be written
        return True


def _is_id(place: tuple[str, ...]) -> bool:
    last = place[-1] if place else ""
    return "identifiers" in place or last in _IDS or last.lower().endswith("id")


def _pointer(place: tuple[str, ...]) -> str:
    """Only the outermost name: names further in are the sender's own, and may name somebody."""
    return f"/{place[0]}" if place and _SHOWABLE.fullmatch(place[0]) else ""
