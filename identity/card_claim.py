"""What an event says of a loyalty card: what is done with it, and which card it replaces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import EventRefused
from domain.events import CardChange, CardChanged


@dataclass(frozen=True, slots=True)
class CardClaim:
    """`card` and `replaced` are keys of identifiers."""

    change: CardChange
    card: str
    replaced: str | None

    @classmethod
    def of(cls, event: CardChanged, keys: Sequence[str]) -> CardClaim:
        """`keys` are those of the cards that the event names, in its order. Raises EventRefused where one of them is no
        card, or all are the same one."""
        if len(keys) != len(event.subject.identifiers["loyalty_card"] or ()):
            raise EventRefused("/subject/identifiers/loyalty_card", "holds no card, or one twice")
        return cls(event.change, keys[0], keys[1] if len(keys) > 1 else None)
