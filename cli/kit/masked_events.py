"""Masks events for a screen: their shape stays whole, contact data shrinks to a first letter."""

from __future__ import annotations

from typing import Any

from domain.events import Event

# Fields whose text identifies no person, anywhere in an event except below a personal field.
_IMPERSONAL = frozenset(
    (
        "type", "version", "messageId", "source", "at", "brand", "channel", "currency", "total", "amount", "quantity",
        "product", "store", "terminal", "purpose", "granted", "category", "timezone", "region", "country", "id",
    )
)  # fmt: skip
_PERSONAL = frozenset(("subject", "previous", "properties", "traits", "context", "rows"))


def masked(event: Event) -> dict[str, Any]:
    """The event as JSON holds it, masked."""
    return masked_raw(event.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"type": event.type})


def masked_raw(raw: Any) -> Any:
    """JSON of any shape with every text masked, except in fields that the contract makes impersonal."""
    return _shown(raw, plain=False, personal=False)


def _shown(value: Any, *, plain: bool, personal: bool) -> Any:
    if isinstance(value, dict):
        return {name: _member(name, part, personal) for name, part in value.items()}
    if isinstance(value, list):
        return [_shown(part, plain=plain, personal=personal) for part in value]
    if plain or value is None or isinstance(value, bool):
        return value
    text = str(value)
    return f"{text[0]}•••" if len(text) > 1 else "•••"


def _member(name: str, value: Any, personal: bool) -> Any:
    personal = personal or name in _PERSONAL
    return _shown(value, plain=not personal and name in _IMPERSONAL, personal=personal)
