"""What the loyalty service keeps of a card beside who has it: that it is blocked, and which card replaced it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.events import CardAction
from graph.store.database import Row
from identity.claims import Claims
from ingest.reporters.reporter import Reported, Reporter


def card_rows(fresh: Iterable[Claims]) -> list[Row]:
    """The rows of `write_cards`: one for each card, as the last event has it."""
    rows: dict[str, Row] = {}
    for claims in fresh:
        if (card := claims.card) is None:
            continue
        at, reason = claims.at.isoformat(), card.change.reason
        match card.change.action:
            case CardAction.BLOCK:
                rows[card.card] = {"key": card.card, "at": at, "reason": reason, "by": None}
            case CardAction.UNBLOCK:
                rows[card.card] = {"key": card.card, "at": None, "reason": None, "by": None}
            case CardAction.REPLACE if card.replaced is not None:
                rows[card.replaced] = {"key": card.replaced, "at": at, "reason": reason, "by": card.card}
            case _:
                pass
    return [rows[key] for key in sorted(rows)]


def _rows(reported: Reported) -> dict[str, Any]:
    return {"cards": card_rows(reported.fresh)}


CARD_STATES = Reporter(("intake/write_cards",), _rows)
