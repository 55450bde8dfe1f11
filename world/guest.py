"""A guest on the way through the year: the person's state while its events are made, and how the person types."""

from __future__ import annotations

import random
from typing import Any

from world.calendar import DAY
from world.config import WorldConfig
from world.group import Brand, Group
from world.habits import Visit
from world.numbers import scramble
from world.outbox import Outbox
from world.people import Person
from world.slips import case, email_typo, phone_format, phone_typo, word_typo

Event = dict[str, Any]


class Guest:
    """One person, one random generator, one visit at a time; `turn` moves on to the next visit."""

    def __init__(self, person: Person, rng: random.Random, config: WorldConfig, group: Group, outbox: Outbox) -> None:
        self.person = person
        self.rng = rng
        self.config = config
        self.group = group
        self.outbox = outbox
        self.id = person.id
        self.token = f"tok_{rng.getrandbits(64):016x}"
        self.enrolled: list[str] = []
        self.opens_accounts = self.chance(config.web_accounts)
        self.separate_app = self.chance(config.separate_app_account)
        self.account_emails: dict[str, str] = {}
        self.registered_contacts: dict[tuple[str, str], tuple[str, str]] = {}
        self.linked: set[tuple[str, str]] = set()
        self.cookies: dict[str, str] = {}
        self.favourites: dict[int, int] = {}
        self.visit: Visit
        self.brand: Brand

    def turn(self, visit: Visit) -> None:
        self.visit = visit
        self.brand = self.group.brands[visit.brand]

    def chance(self, rate: float) -> bool:
        return self.rng.random() < rate

    def paying(self, subject: Event) -> Event:
        """The subject of an online order, with the payment token where the card of the tills pays it.

        Card networks give one account reference to a card wherever it is used, so tills and shops see the same token.
        """
        if not self.chance(self.config.online_tokens):
            return subject
        return {**subject, "identifiers": {**subject["identifiers"], "payment_token": self.token}}

    def key(self) -> str:
        """A fresh key that tells nothing of the person; 80 bits keep it unique in a world of any size."""
        return f"{self.rng.getrandbits(80):020x}"

    def send(
        self, kind: str, source: str, after: int, subject: Event | None, *, hold: float = 0, **payload: Any
    ) -> None:
        """Send an event that happens `after` seconds from the visit. A subject of None is left out."""
        visit = self.visit
        # One day before the calendar is as early as a session before the first visit may begin.
        moment = self.group.calendar.moment(visit.store.zone, visit.day, max(-DAY, visit.second + after))
        event: Event = {
            "type": kind,
            "version": 1,
            "messageId": self.key(),
            "source": source,
            "at": moment.text,
        }
        if source != "loyalty":
            event["brand"] = self.brand.id
        if subject is not None:
            event["subject"] = subject
        event.update(payload)
        self.outbox.send(self.rng, moment.second, event, self.id, hold)

    def given(self, informal: float) -> str:
        """The given name as typed; a person with a nickname gives it with probability `informal`."""
        person = self.person
        name = person.nickname if person.nickname and self.chance(informal) else person.given
        return self._word(name)

    def _word(self, name: str) -> str:
        if self.chance(self.config.name_typos):
            name = word_typo(self.rng, name)
        return case(self.rng, name)

    def traits(self, informal: float, *, address: bool = False, birth: bool = False) -> Event:
        """Name and, where asked for, address and birth date, as the person fills them in."""
        person = self.person
        traits: Event = {"givenName": self.given(informal), "familyName": self._word(person.family)}
        if person.suffix and self.chance(0.7):
            traits["suffix"] = person.suffix
        if address:
            traits["address"] = person.address(self.visit.day)
        if birth:
            traits["birthDate"] = person.birth_date
        return traits

    def phone(self) -> str:
        """The phone number of the day, as typed."""
        number = self.person.phone(self.visit.day)
        if self.chance(self.config.phone_typos):
            number = phone_typo(self.rng, number)
        return phone_format(self.rng, number)

    def email(self) -> str:
        """One of the person's e-mail addresses, as typed."""
        emails = self.person.emails
        email = emails[0] if len(emails) == 1 or self.chance(0.6) else emails[1]
        if self.chance(self.config.email_typos):
            return email_typo(self.rng, email)
        return email.upper() if self.chance(0.02) else email

    def account(self, separate: bool) -> str:
        """The account number at the brand: one for web and app, or one of the app's own."""
        slot = 2 * self.person.index + separate
        return f"{self.brand.id}-{scramble('account', slot, 10**8, self.config.seed):08d}"
