"""The event contracts, version 1: what a till, web shop, app or file may tell us.

Every event has `type`, `version` (1), `messageId` (unique within its source), `source` (the system that sends),
`at` (RFC 3339 with a zone) and, but for reference data, a `subject`: what the source knows about the person.
Field names are camelCase on the wire. Unknown fields are refused, so that a misspelt field is never lost silently.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel

from domain.countries import iso_country
from domain.money import known_currency, to_minor
from domain.order_words import Channel, Payment, channel_of, payment_of

MAX_TEXT = 200
"""Characters of a text field, an id or an identifier value. None is a control character."""
MAX_IDENTIFIER_TYPES = 20
"""Identifier types of a subject."""
MAX_VALUES_PER_TYPE = 20
"""Values of one identifier type in a subject."""
MAX_LINES = 500
"""Lines of an order."""
MAX_COVERS = 10_000
"""Guests of an order."""
MAX_EXTRA = 50
"""Members of the trait `extra`."""
MAX_PROPERTIES = 200
"""Members of `properties`."""
MAX_PROPERTIES_BYTES = 32_768
"""Size of `properties` as JSON."""


_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def _clean(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("holds control characters")
    return text.strip()


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _year_in_range(at: datetime) -> datetime:
    if not 1970 <= at.year <= 2200:
        raise ValueError("is outside the years 1970 to 2200")
    return at


def _known_zone(name: str) -> str:
    if name in ("localtime", "posixrules", "Factory"):  # another zone on another machine
        raise ValueError("is not a time zone, such as Europe/Rome")
    try:
        return ZoneInfo(name).key
    except (ValueError, OSError, KeyError):
        raise ValueError("is not a time zone, such as Europe/Rome") from None


def _decimal_text(value: Any) -> Any:
    if isinstance(value, float):
        raise ValueError('is a binary floating point number; send a string such as "12.30"')
    return value


Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_clean)]
Key = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_clean)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$"), AfterValidator(iso_country)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$"), AfterValidator(known_currency)]
Zone = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_known_zone)]
At = Annotated[AwareDatetime, AfterValidator(_year_in_range)]
# Limits stand before the validator: so they are part of the fast core, behind it they would be Python.
Amount = Annotated[
    Decimal, Field(ge=0, max_digits=15, decimal_places=4, allow_inf_nan=False), BeforeValidator(_decimal_text)
]
AnyChannel = Annotated[Channel | None, BeforeValidator(channel_of)]
Values = Annotated[list[Key], Field(min_length=1, max_length=MAX_VALUES_PER_TYPE), BeforeValidator(_as_list)]


class Contract(BaseModel):
    """Frozen, strict about unknown fields, camelCase on the wire."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True, hide_input_in_errors=True
    )


class Address(Contract):
    line1: Text | None = None
    line2: Text | None = None
    city: Text | None = None
    region: Text | None = None
    postcode: Text | None = None
    country: Country | None = None


class Traits(Contract):
    """Claims about a person that never link records by themselves. A later claim of a field replaces an earlier one."""

    given_name: Text | None = None
    family_name: Text | None = None
    suffix: Text | None = None
    birth_date: date | None = None
    sex: Text | None = None
    language: Text | None = None
    address: Address | None = None
    extra: dict[Slug, Text] = Field(default_factory=dict, max_length=MAX_EXTRA)


_NO_TRAITS = Traits()


class Subject(Contract):
    """What a source knows of a person.

    `id` is the source's own key of this record; without it the record is keyed by a digest of its identifiers and
    name. `identifiers` maps an identifier type to one value or several; null for `email` or `phone` in an `identify`
    says that the account has none. `region` reads phone numbers without a country code (ISO 3166, such as US).
    """

    id: Key | None = None
    identifiers: dict[Slug, Values | None] = Field(default_factory=dict, max_length=MAX_IDENTIFIER_TYPES)
    # Frozen values: a factory spares the copy that pydantic would make of a default.
    traits: Traits = Field(default_factory=lambda: _NO_TRAITS)
    region: Country | None = None


class Envelope(Contract):
    version: Literal[1] = 1
    message_id: Key
    source: Slug
    at: At


_NOBODY = Subject()


class PersonEvent(Envelope):
    subject: Subject = Field(default_factory=lambda: _NOBODY)


class BrandEvent(PersonEvent):
    brand: Slug | None = None


class Identify(BrandEvent):
    """The source tells who a person is: identifiers and traits."""

    type: Literal["identify"]


class Alias(BrandEvent):
    """`subject` was formerly known by the identifiers in `previous` (an anonymous session that signed in)."""

    type: Literal["alias"]
    previous: Subject


class Track(BrandEvent):
    """Something a person did that is not an order. `properties` are sealed at rest."""

    type: Literal["track"]
    name: Key
    channel: AnyChannel = None
    properties: dict[str, Any] = Field(default_factory=dict, max_length=MAX_PROPERTIES)


class Page(BrandEvent):
    """A page or screen was seen. `properties` are sealed at rest."""

    type: Literal["page"]
    name: Text = ""
    channel: AnyChannel = None
    properties: dict[str, Any] = Field(default_factory=dict, max_length=MAX_PROPERTIES)


class Line(Contract):
    """A line of an order; `amount` is the line's total, discounts taken off."""

    product: Key
    name: Text | None = None
    quantity: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=3), BeforeValidator(_decimal_text)] = (
        Decimal(1)
    )
    amount: Amount


class Order(Contract):
    """An order; `id` is unique within its source. `total` is what the guest pays, in `currency`: `tax`, `tip` and
    `service_charge` are in it, and `discount` comes off. `covers` counts the guests at the table.

    `revision` counts the corrections of an order. Of two events about one order, the higher revision holds, whatever
    their times.
    """

    id: Key
    store: Key
    channel: Annotated[Channel, BeforeValidator(lambda word: channel_of(word) or Channel.OTHER)] = Channel.OTHER
    currency: Currency
    total: Amount
    tax: Amount | None = None
    tip: Amount | None = None
    service_charge: Amount | None = None
    discount: Amount | None = None
    payment: Annotated[Payment | None, BeforeValidator(payment_of)] = None
    covers: Annotated[int, Field(ge=0, le=MAX_COVERS)] | None = None
    table: Text | None = None
    terminal: Text | None = None
    revision: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    lines: list[Line] = Field(default_factory=list[Line], max_length=MAX_LINES)

    def model_post_init(self, context: Any, /) -> None:
        parts = (self.tax, self.tip, self.service_charge, self.discount)
        for amount in (self.total, *parts, *(line.amount for line in self.lines)):
            if amount is not None:
                to_minor(amount, self.currency)


class OrderPlaced(PersonEvent):
    """An order was taken; it counts as a visit once it is completed."""

    type: Literal["order.placed"]
    brand: Slug
    order: Order


class OrderCompleted(PersonEvent):
    """An order was paid and handed over: a visit. Its values win over those of `order.placed`."""

    type: Literal["order.completed"]
    brand: Slug
    order: Order


class AccountOrder(OrderCompleted):
    """An order that a till says is of a guest's account: of the source record with this key, whichever source it is of.
    It is made here, and never read from a sender."""

    record: Key = Field(exclude=True)


class CardAction(StrEnum):
    """What is done with a loyalty card."""

    ISSUE = "issue"
    LINK = "link"
    REPLACE = "replace"
    BLOCK = "block"
    UNBLOCK = "unblock"


class CardReason(StrEnum):
    """Why a loyalty card is replaced or blocked."""

    LOST = "lost"
    STOLEN = "stolen"
    DAMAGED = "damaged"
    MISUSE = "misuse"
    REQUEST = "request"


class CardChange(Contract):
    """What is done with the card, and why. `asked` is a hash of the request."""

    action: CardAction
    asked: Key
    reason: CardReason | None = None


class CardChanged(Identify):
    """A change of a loyalty card of the source record with this key, whichever source it is of. `subject` names the
    card and, behind it, the one that it replaces. It is made here, and never read from a sender."""

    record: Key = Field(exclude=True)
    change: CardChange = Field(exclude=True)


class Refund(Contract):
    """A refund of an order, by the order's id within the same source; `id` tells several refunds apart. Without an
    `amount` it is the whole order's."""

    id: Key
    order: Key
    currency: Currency
    amount: Amount | None = None
    reason: Text | None = None

    def model_post_init(self, context: Any, /) -> None:
        if self.amount is not None:
            to_minor(self.amount, self.currency)


class OrderRefunded(BrandEvent):
    type: Literal["order.refunded"]
    refund: Refund


class Cancellation(Contract):
    """The end of an order, by the order's id within the same source: it was not paid, or not handed over."""

    order: Key
    reason: Text | None = None


class OrderCancelled(BrandEvent):
    """The order counts for nothing, unless the source completes it at a later time."""

    type: Literal["order.cancelled"]
    cancellation: Cancellation


CROSS_BRAND = "cross_brand_profile"
"""The purpose for which a guest lets the brands of the group see each other's part of the profile."""


class Consent(Contract):
    """`purpose` is the group's own word, such as `marketing_email` or `cross_brand_profile`."""

    purpose: Slug
    granted: bool


class ConsentChanged(BrandEvent):
    type: Literal["consent.changed"]
    consent: Consent


class GuestsAnswer(ConsentChanged):
    """What a guest who is signed in answers, for the whole group. It is made here, and never read from a sender."""


class Brand(Contract):
    id: Slug
    name: Text


class Store(Contract):
    id: Key
    name: Text
    brand: Brand
    city: Text | None = None
    country: Country | None = None
    timezone: Zone | None = None


class StoreUpserted(Envelope):
    """Reference data: a store and its brand."""

    type: Literal["store.upserted"]
    store: Store


class Product(Contract):
    id: Key
    name: Text
    category: Text | None = None


class ProductUpserted(Envelope):
    """Reference data: a product."""

    type: Literal["product.upserted"]
    product: Product


Event = Annotated[
    Identify
    | Alias
    | Track
    | Page
    | OrderPlaced
    | OrderCompleted
    | OrderRefunded
    | OrderCancelled
    | ConsentChanged
    | StoreUpserted
    | ProductUpserted,
    Field(discriminator="type"),
]

event_adapter: TypeAdapter[Event] = TypeAdapter(Event)
