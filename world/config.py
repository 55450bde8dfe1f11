"""Everything a world depends on, in one frozen value: the same config makes the same bytes on every machine."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import TypeVar

from domain.errors import InvalidInput

T = TypeVar("T")

MAX_PEOPLE = 10_000_000
"""People of a made-up world: the phone numbers of one city's area codes end there."""


def _knob(default: T, doc: str) -> T:
    return field(default=default, metadata={"doc": doc})  # pyright: ignore[reportReturnType]


def _rate(default: float, doc: str) -> float:
    return field(default=default, metadata={"doc": doc, "rate": True})


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldConfig:
    """A world's size, habits, hard cases and faults. Rates are probabilities; `docs/world.md` holds this table."""

    people: int = _knob(5_000, "How many people live in the world.")
    brands: int = _knob(4, "Brands of the group: steakhouse, coffee, pizza, grocery, and again from the start.")
    stores: int = _knob(60, "Stores, dealt out so that every city has every brand.")
    cities: int = _knob(8, "Cities with their own time zone and area codes (at most 12, at most stores / brands).")
    seed: int = _knob(7, "Another seed is another world.")
    days: int = _knob(365, "Length of the calendar.")
    start: date = field(default=date(2025, 10, 1), metadata={"doc": "First day of the calendar."})
    currency: str = _knob("USD", "Currency of every order; it must have two decimals.")
    block_people: int = _knob(500, "People whose year is held in memory at once; events are sorted by arrival inside.")

    visits_per_year: float = _knob(10.5, "Mean visits of one person to the whole group.")
    visit_shape: float = _knob(1.3, "Gamma shape of the visit rate over people: smaller is more unequal.")
    taste_shape: float = _knob(0.8, "Gamma shape of a person's taste over brands: smaller is more faithful to one.")
    weekday_habit: float = _rate(0.4, "A visit falls on the person's usual weekday.")
    hour_habit: float = _rate(0.4, "A visit falls near the person's usual hour.")
    favourite_store: float = _rate(0.75, "A visit goes to the favourite store of the brand.")
    travel: float = _rate(0.03, "A visit takes place in another city.")
    newcomers: float = _rate(0.25, "People whose first possible day lies inside the calendar.")
    dropout_per_year: float = _knob(0.25, "Hazard of never coming again.")
    taste_drift: float = _rate(0.15, "People whose brands change places on some day.")

    loyalty_members: float = _rate(0.4, "People who join the loyalty programme on one of their first visits.")
    card_shown: float = _rate(0.55, "A member shows the card at the till.")
    phone_given: float = _rate(0.3, "A guest without a card is asked for a phone number and says one.")
    phone_declined: float = _rate(0.05, "A guest without a card declines, and the till types a dummy number.")
    name_typed: float = _rate(0.2, "The till types a first name.")
    name_only: float = _rate(0.03, "The till types a first name and knows nothing else.")
    payment_tokens: float = _rate(0.3, "A till visit is paid by a card whose token the till passes on.")
    online_tokens: float = _rate(0.85, "An online order is paid by the card of the tills, known by the same token.")
    web_accounts: float = _rate(0.7, "People who open an account where they order on the web; others are web guests.")
    separate_app_account: float = _rate(0.25, "App users whose app account is not their web account.")
    account_links: float = _rate(0.5, "A sign-in is told as `alias`; otherwise the `identify` holds both identifiers.")
    cookie_loss: float = _rate(0.15, "A web session starts with a new cookie.")
    pages: float = _knob(2.2, "Mean pages of a web session.")
    browsing: float = _rate(0.5, "An online order follows an earlier session that bought nothing.")

    shared_phone_homes: float = _rate(0.08, "Homes of two or more that give one phone number for everybody.")
    shared_device_homes: float = _rate(0.25, "Homes of two or more whose apps run on one tablet.")
    couple_emails: float = _rate(0.12, "Homes of two or more where the couple has one e-mail address.")
    offices: float = _rate(0.12, "Neighbourhoods of 64 people where 10 to 40 people share an office's e-mail address.")
    juniors: float = _rate(0.1, "Homes of three or more with a Sr and a Jr of the same name.")
    twins: float = _rate(0.1, "Homes of four or more (without a Jr) with twins who share a phone.")
    second_emails: float = _rate(0.15, "People with two e-mail addresses.")
    moves: float = _rate(0.1, "People who move house inside the calendar.")
    phone_changes: float = _rate(0.08, "People who change their phone number inside the calendar.")
    recycled_phones: float = _rate(0.3, "Given-up numbers that go to a stranger 45 to 120 days later, if time is left.")
    cards_lost: float = _rate(0.08, "Members who lose their card and get another.")
    several_cards: float = _rate(0.05, "Members who hold two cards at once.")
    nicknames: float = _rate(0.35, "People who go by a nickname, where their name has one.")
    name_typos: float = _rate(0.02, "A typed name has a typo.")
    phone_typos: float = _rate(0.015, "A typed phone number has a typo.")
    email_typos: float = _rate(0.02, "A typed e-mail address has a typo.")

    discounts: float = _rate(0.08, "A line is discounted by a fifth.")
    cancelled: float = _rate(0.02, "A placed order is never completed.")
    refunds: float = _rate(0.02, "A completed order is refunded, half of them in part.")
    refund_first: float = _rate(0.15, "A refund arrives before its order.")
    consent_granted: float = _rate(0.6, "Somebody who is asked for consent grants it.")
    consent_withdrawn: float = _rate(0.08, "A person withdraws a granted consent later.")

    late: float = _rate(0.03, "An event arrives minutes to days late.")
    latest_hours: float = _knob(72.0, "The longest delay of a late event.")
    repeated: float = _rate(0.015, "An event is delivered twice.")
    jitter: float = _rate(0.05, "An event is overtaken by others: up to two minutes late.")

    def __post_init__(self) -> None:
        for knob in fields(self):
            value = getattr(self, knob.name)
            if knob.metadata.get("rate") and not 0 <= value <= 1:
                raise InvalidInput(f"World setting {knob.name} is {value}; it is a probability from 0 to 1.")
        self._bounded("people", 1, MAX_PEOPLE)
        self._bounded("brands", 1, 1000)
        self._bounded("stores", self.brands, 1_000_000)
        self._bounded("cities", 1, 12)
        self._bounded("days", 1, 3650)
        self._bounded("block_people", 1, MAX_PEOPLE)
        for name in ("visits_per_year", "visit_shape", "taste_shape", "pages", "latest_hours"):
            if getattr(self, name) <= 0:
                raise InvalidInput(f"World setting {name} must be above 0.")
        if self.dropout_per_year < 0:
            raise InvalidInput("World setting dropout_per_year must not be negative.")

    def _bounded(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        if not low <= value <= high:
            raise InvalidInput(f"World setting {name} is {value}; it must lie from {low} to {high}.")


def knobs() -> list[tuple[str, str, str]]:
    """Name, default and meaning of every setting, in order: what the table in `docs/world.md` holds."""
    return [(knob.name, str(knob.default), str(knob.metadata["doc"])) for knob in fields(WorldConfig)]
