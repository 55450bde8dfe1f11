"""What is written of cards follows from the events of a batch, the last one of a card last."""

from __future__ import annotations

from domain.events import CardAction, CardReason
from identity.claims import Claims
from ingest.reporters.card_states import card_rows
from tests.ingest.test_card_changes import NOW, card, changed
from tests.kit.building import READER


def claims(action: CardAction, *cards: str) -> Claims:
    return READER.claims(changed(f"{action}-{cards}", action, "ann", *cards, reason=CardReason.LOST))


def test_a_card_that_is_given_has_no_state() -> None:
    assert card_rows([claims(CardAction.ISSUE, "P-1"), claims(CardAction.LINK, "P-2")]) == []


def test_the_old_card_is_blocked_and_names_the_new_one() -> None:
    at = NOW.isoformat()
    assert card_rows([claims(CardAction.REPLACE, "P-2", "P-1")]) == [
        {"key": card("P-1"), "at": at, "reason": "lost", "by": card("P-2")}
    ]


def test_the_last_event_of_a_card_holds() -> None:
    block, unblock = claims(CardAction.BLOCK, "P-1"), claims(CardAction.UNBLOCK, "P-1")
    assert [row["at"] for row in card_rows([block, unblock])] == [None]
    assert [row["at"] is None for row in card_rows([unblock, block])] == [False]
