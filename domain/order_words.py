"""Words of orders that each till spells its own way: where the order was made, and how it was paid.

An unknown word never costs the sale: the order counts under `other`, and its sender is warned.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar


class Channel(StrEnum):
    """Where a visit took place."""

    DINE_IN = "dine_in"
    TAKEAWAY = "takeaway"
    DELIVERY = "delivery"
    PICKUP = "pickup"
    DRIVE_THROUGH = "drive_through"
    CURBSIDE = "curbside"
    KIOSK = "kiosk"
    ROOM_SERVICE = "room_service"
    CATERING = "catering"
    MARKETPLACE = "marketplace"
    PHONE = "phone"
    IN_STORE = "in_store"
    WEB = "web"
    APP = "app"
    OTHER = "other"


class Payment(StrEnum):
    """How an order was paid."""

    CARD = "card"
    CASH = "cash"
    WALLET = "wallet"
    GIFT_CARD = "gift_card"
    VOUCHER = "voucher"
    POINTS = "points"
    BANK_TRANSFER = "bank_transfer"
    INVOICE = "invoice"
    ROOM_CHARGE = "room_charge"
    MIXED = "mixed"
    OTHER = "other"


_CHANNELS = {
    Channel.DINE_IN: "eat in, for here, here, sit in, table, table service, restaurant, in house, on premises",
    Channel.TAKEAWAY: "take out, to go, carry out, take away order",
    Channel.DELIVERY: "delivered, home delivery, courier",
    Channel.PICKUP: "click and collect, click & collect, collect, collection, BOPIS, store pickup, in-store pickup",
    Channel.DRIVE_THROUGH: "drive thru, drive in, DT",
    Channel.CURBSIDE: "kerbside, curbside pickup, kerbside pickup, curbside collection",
    Channel.KIOSK: "self service, self order, self ordering, self checkout, self-service kiosk, SOK",
    Channel.ROOM_SERVICE: "in room, in-room dining, room",
    Channel.CATERING: "banquet, banqueting, event, events, function, private dining, group order",
    Channel.MARKETPLACE: "third party, 3rd party, 3P, aggregator, delivery app, Uber Eats, DoorDash, Grubhub, "
    "Deliveroo, Just Eat, Lieferando, Wolt, Glovo, foodpanda, talabat, Rappi, iFood, Postmates",
    Channel.PHONE: "telephone, call, call in, call centre, call center, phone order",
    Channel.IN_STORE: "store, shop, retail",
    Channel.WEB: "online, website, web shop, online ordering, e-commerce, internet",
    Channel.APP: "mobile, mobile app, iOS, Android",
}
_PAYMENTS = {
    Payment.CARD: "credit card, debit card, credit, debit, Visa, Mastercard, Amex, EMV, contactless",
    Payment.WALLET: "Apple Pay, Google Pay, Samsung Pay, PayPal, Alipay, WeChat Pay, mobile pay, digital wallet",
    Payment.GIFT_CARD: "gift, gift certificate, stored value, prepaid",
    Payment.VOUCHER: "coupon, meal voucher, luncheon voucher, ticket restaurant",
    Payment.POINTS: "loyalty, loyalty points, reward, rewards",
    Payment.BANK_TRANSFER: "transfer, bank, ACH, SEPA, wire, direct debit, iDEAL, Pix, UPI",
    Payment.INVOICE: "account, on account, house account, bill, city ledger",
    Payment.ROOM_CHARGE: "room, charge to room, room account",
    Payment.MIXED: "split, several, multiple, split tender",
}
Word = TypeVar("Word", bound=StrEnum)


def _spellings(words: Mapping[Word, str], enum: type[Word]) -> dict[str, Word]:
    others = {_letters(text): word for word, texts in words.items() for text in texts.split(",")}
    return others | {_letters(word.value): word for word in enum}


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


_KNOWN_CHANNELS = _spellings(_CHANNELS, Channel)
_KNOWN_PAYMENTS = _spellings(_PAYMENTS, Payment)


def channel_of(value: object) -> Channel | None:
    """The channel that is meant; OTHER where it is not known, None where nothing is given."""
    return _meant(value, _KNOWN_CHANNELS, Channel.OTHER)


def payment_of(value: object) -> Payment | None:
    """The kind of payment that is meant; OTHER where it is not known, None where nothing is given."""
    return _meant(value, _KNOWN_PAYMENTS, Payment.OTHER)


def _meant(value: object, known: Mapping[str, Word], other: Word) -> Word | None:
    if value is None or value == "":
        return None
    return known.get(_letters(value), other) if isinstance(value, str) else other
