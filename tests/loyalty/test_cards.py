"""Numbers of loyalty cards, and what may be done with a card."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import CardBlocked, Conflict, InvalidInput
from domain.events import CardAction
from loyalty.cards import CardStand, card_number, check_change, mistyped
from tests.kit.building import VAULT

NUMBERS = st.text(min_size=1).map(lambda text: card_number("REG", VAULT.keyed("test", text)))
GIVEN = (CardAction.ISSUE, CardAction.LINK, CardAction.REPLACE)


@given(NUMBERS, st.integers(4, 17), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_number_with_one_wrong_letter_is_mistyped(number: str, place: int, letter: str) -> None:
    typed = number[:place] + letter + number[place + 1 :] if number[place] != "-" else number
    assert mistyped("REG", typed) == (typed != number)
    assert mistyped("REG", typed.lower().replace("-", " ")) == (typed != number)


@pytest.mark.parametrize("number", ["B-55501", "REG-4000-7788", "REG", "770012345678901"])
def test_another_systems_number_is_not_mistyped(number: str) -> None:
    assert not mistyped("REG", number)


@pytest.mark.parametrize("action", GIVEN)
@pytest.mark.parametrize(
    ("card", "error"),
    [
        (CardStand(unusable=True), InvalidInput),
        (CardStand(holders={"eve": True}), Conflict),
        (CardStand(holders={"ann": True, "eve": True}), Conflict),
        (CardStand(holders={"ann": True}), InvalidInput),
        (CardStand(blocked=True), CardBlocked),
        (CardStand(blocked=True, holders={"eve": False}), CardBlocked),
    ],
)
def test_a_card_that_a_guest_cannot_get(action: CardAction, card: CardStand, error: type[Exception]) -> None:
    with pytest.raises(error):
        check_change(action, card, None, "ann", 0, 4)


@pytest.mark.parametrize("action", GIVEN)
def test_a_guest_gets_a_new_card_and_one_that_nobody_is_known_by(action: CardAction) -> None:
    for holders in ({}, {"somebody": False}):
        check_change(action, CardStand(holders=holders), None, "ann", 3, 4)
    with pytest.raises(InvalidInput, match="up to 4 cards"):
        check_change(action, CardStand(), None, "ann", 4, 4)


def test_a_replaced_card_stays_blocked_and_is_not_replaced_again() -> None:
    replaced = CardStand(blocked=True, replaced=True, holders={"ann": True})
    with pytest.raises(Conflict):
        check_change(CardAction.UNBLOCK, replaced, None, "ann", 2, 4)
    with pytest.raises(Conflict):
        check_change(CardAction.REPLACE, CardStand(), replaced, "ann", 2, 4)
    # A card that was only blocked is replaced: first lost, then a new one is asked for.
    check_change(CardAction.REPLACE, CardStand(), CardStand(blocked=True, holders={"ann": True}), "ann", 1, 4)


def test_only_a_valid_card_is_blocked_and_only_a_blocked_one_unblocked() -> None:
    valid, blocked = CardStand(holders={"ann": True}), CardStand(blocked=True, holders={"ann": True})
    check_change(CardAction.BLOCK, valid, None, "ann", 9, 4)
    check_change(CardAction.UNBLOCK, blocked, None, "ann", 9, 4)
    for action, card in ((CardAction.BLOCK, blocked), (CardAction.UNBLOCK, valid)):
        with pytest.raises(InvalidInput):
            check_change(action, card, None, "ann", 9, 4)
