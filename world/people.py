"""A person's true data: what the sources only ever see in part, late, or wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Address = dict[str, str]


@dataclass(frozen=True, slots=True)
class Office:
    """An office whose people order under one e-mail address."""

    email: str
    address: Address


@dataclass(frozen=True, slots=True)
class Person:
    """One person. Of two values the second holds from `phone_day`, `move_day` or `card_day` on (None: never).

    `emails`: one or two that are used side by side; `cards`: those held over time, or at once when `card_day` is
    None. `tags` name the hard cases the person is part of.
    """

    index: int
    home: int
    city: int
    given: str
    family: str
    suffix: str
    nickname: str
    sex: str
    birth_date: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    phone_day: int | None
    addresses: tuple[Address, ...]
    move_day: int | None
    cards: tuple[str, ...]
    card_day: int | None
    device: str
    office: Office | None
    tags: tuple[str, ...]

    @property
    def id(self) -> str:
        return person_id(self.index)

    def phone(self, day: int) -> str:
        return self.phones[self.phone_day is not None and day >= self.phone_day]

    def address(self, day: int) -> Address:
        return self.addresses[self.move_day is not None and day >= self.move_day]

    def record(self) -> dict[str, Any]:
        """The line of `people.ndjson`: every raw true value, phones in E.164."""
        return {
            "person": self.id,
            "home": f"H{self.home:07d}",
            "givenName": self.given,
            "familyName": self.family,
            "suffix": self.suffix or None,
            "nickname": self.nickname or None,
            "sex": self.sex,
            "birthDate": self.birth_date,
            "emails": [*self.emails, *([self.office.email] if self.office else [])],
            "phones": [f"+1{phone}" for phone in self.phones],
            "addresses": list(self.addresses),
            "cards": list(self.cards),
            "devices": [self.device],
            "tags": list(self.tags),
        }


def person_id(index: int) -> str:
    return f"P{index:07d}"
