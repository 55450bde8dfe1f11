"""Loyalty cards: their numbers, and what may be done with one. Pure functions of what the store says.

A card is an identifier of the guest's source records, so identity resolution links by it, and a merge or a split
carries it. Beside that the loyalty service keeps whether it is blocked, and which card replaced it. A blocked card
still joins what was bought with it; it only finds nobody at a till.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.errors import CardBlocked, Conflict, InvalidInput
from domain.events import CardAction
from loyalty.rewards.coupon_codes import coupon_code, read_code

_CODE = 12


def blocked() -> CardBlocked:
    """The refusal of what somebody asks for by a blocked card."""
    return CardBlocked("This card is blocked.", hint="Find the guest in another way.")


@dataclass(frozen=True, slots=True)
class CardStand:
    """How a card stands. `unusable`: it is a dummy value, an agent blocked it as evidence, or too many people use it.
    `holders`: the customers that have it, by number, each with whether anything else is known of that one."""

    unusable: bool = False
    blocked: bool = False
    replaced: bool = False
    holders: Mapping[str, bool] | None = None

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> CardStand:
        """From a card of `cards/stand`."""
        return cls(row["unusable"], row["blocked"], row["replaced"], dict(row["holders"]))


def card_number(prefix: str, digest: str) -> str:
    """The number of a new card, such as `REG-7K2M-9QXT-4HBV`, from a keyed hash (URL-safe base64). The last letter
    checks the others, and nobody finds a number by trying: there are 2^55."""
    return f"{prefix}-{coupon_code(digest)}"


def mistyped(prefix: str, number: str) -> bool:
    """Whether this looks like a number that `card_number` made, and is none."""
    plain = "".join(filter(str.isalnum, number)).upper()
    code = plain.removeprefix(prefix)
    return code != plain and len(code) == _CODE and read_code(code) is None


def check_change(
    action: CardAction, card: CardStand, former: CardStand | None, owner: str | None, cards: int, most: int
) -> None:
    """Raises InvalidInput or a kind of Conflict where this may not be done with the card. `owner` is the customer
    (number) whose it is or will be, who has so many `cards`, blocked ones among them, and may have `most`. `former` is
    the card that it replaces."""
    holders = card.holders or {}
    match action:
        case CardAction.BLOCK:
            if card.blocked:
                raise InvalidInput("This card is blocked already.")
            return
        case CardAction.UNBLOCK:
            if card.replaced:
                raise Conflict("This card was replaced.", hint="Use the new card, or issue another one.")
            if not card.blocked:
                raise InvalidInput("This card is not blocked.")
            return
        case _:
            pass
    if former is not None and former.replaced:
        raise Conflict("This card was replaced already.", hint="Name the card that replaced it.")
    if card.unusable:
        raise InvalidInput("This number cannot be a guest's card.", hint="It is a dummy value, or of too many people.")
    if any(known for number, known in holders.items() if number != owner):
        raise Conflict("Another guest has this card.", hint="If both are one person, merge them first.")
    if owner in holders:
        raise InvalidInput("The guest has this card already.")
    if card.blocked:
        raise CardBlocked("This card is blocked.", hint="Unblock it first, or issue another one.")
    if cards >= most:
        raise InvalidInput(
            f"A guest has up to {most} cards, blocked ones among them.",
            hint="`max_per_person` of `loyalty_card` in the identity policies says how many.",
        )
