"""The group's loyalty system: cards are its subjects, with name and birth date, and consents are asked there."""

from __future__ import annotations

from typing import Any

from world.guest import Guest

SOURCE = "loyalty"


def keep_cards(guest: Guest, visit_number: int, joins_at: int) -> None:
    """Enrol the guest when the time has come: at first, for a second card, or after a loss."""
    cards, loss = guest.person.cards, guest.person.card_day
    if not cards:
        return
    if not guest.enrolled:
        if visit_number >= joins_at:
            lost = loss is not None and guest.visit.day >= loss
            _enrol(guest, cards[1] if lost else cards[0])
    elif len(cards) == 2 and cards[1] not in guest.enrolled:
        old = guest.enrolled[0]
        if loss is None and visit_number >= joins_at + 3:
            _enrol(guest, cards[1])
        elif loss is not None and guest.visit.day >= loss:
            guest.enrolled.clear()
            _enrol(guest, cards[1], replaced=old)


def _enrol(guest: Guest, card: str, replaced: str | None = None) -> None:
    """A new card. Half of the replacements are told as an alias; the other guests just fill in the form again."""
    guest.enrolled.append(card)
    identifiers: dict[str, Any] = {"loyalty_card": card}
    if guest.chance(0.75):
        identifiers["email"] = guest.email()
    if guest.chance(0.65):
        identifiers["phone"] = guest.phone()
    traits = guest.traits(0.1, address=guest.chance(0.3), birth=guest.chance(0.7))
    if guest.chance(0.3):
        traits["sex"] = guest.person.sex
    subject: dict[str, Any] = {"id": card, "identifiers": identifiers, "traits": traits, "region": "US"}
    guest.send("identify", SOURCE, -60, subject)
    if replaced is not None and guest.chance(0.5):
        guest.send(
            "alias",
            SOURCE,
            -58,
            {"id": card, "identifiers": {"loyalty_card": card}},
            previous={"id": replaced, "identifiers": {"loyalty_card": replaced}},
        )
    if replaced is None:
        ask_consent(guest, SOURCE, -55, {"id": card, "identifiers": {"loyalty_card": card}})


def ask_consent(guest: Guest, source: str, after: int, subject: dict[str, Any]) -> None:
    """One answer to one question; a granted consent is remembered for its withdrawal."""
    granted = guest.chance(guest.config.consent_granted)
    purpose = "cross_brand_profile" if source == SOURCE and guest.chance(0.4) else "marketing_email"
    guest.send("consent.changed", source, after, subject, consent={"purpose": purpose, "granted": granted})
    if granted and guest.chance(guest.config.consent_withdrawn):
        days = guest.rng.randrange(20, 35)
        guest.send(
            "consent.changed",
            source,
            after + days * 86_400,
            dict(subject),
            consent={"purpose": purpose, "granted": False},
        )
