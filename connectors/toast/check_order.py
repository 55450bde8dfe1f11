"""A till's check as a native order: guests hang on checks, so a check is an order of its own.

`total` is what the guest pays: taxes, service charges and tips are in it, discounts and refunds are taken off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import sha256
from typing import Any

from connectors.toast.till_request import Check, CheckInformation, Selection, TillCustomer, TillPayment
from connectors.toast.till_status import wrong_input
from domain.events import MAX_TEXT
from domain.money import exponent
from domain.order_words import Channel
from matching.personal_data import may_hold_card

_MOST_SOLD = 10**9  # of one line
_FAILED = ("VOIDED", "DENIED", "CANCELLED", "ERROR", "ERROR_NETWORK")
_PAYMENTS = {
    "CASH": "cash",
    "CREDIT": "card",
    "GIFTCARD": "gift_card",
    "TOAST_SV": "gift_card",
    "HOUSE_ACCOUNT": "invoice",
    "REWARDCARD": "points",
    "LEVELUP": "wallet",
}
"""Payment types of Toast's orders as ours; all others are `other`."""


def order_id(asked: CheckInformation, store: str) -> str:
    """The id of a check as an order, `store/orderGuid/check.guid`: it tells the checks of one table apart, and those of
    stores whose tills count alike, and is the same in each retry. Where that is longer than an id, its SHA-256."""
    parts = (store, asked.order_guid, asked.check.guid)
    joined = "/".join(part for part in parts if part)
    return joined if len(joined) <= MAX_TEXT else sha256(joined.encode()).hexdigest()


def paid_at(check: Check) -> datetime | None:
    return check.paid_date or check.closed_date or check.opened_date


def channel_of(check: Check) -> Channel:
    return Channel.DELIVERY if check.delivery_info else Channel.IN_STORE


def order_of(asked: CheckInformation, *, store: str, currency: str) -> dict[str, Any]:
    """The `order` of a native event. Raises TillRefused where a check cannot be one."""
    check = asked.check
    if check.voided or check.deleted:
        raise wrong_input("This check is void.")
    if check.total_amount is None and check.amount is None:
        raise wrong_input("/checkTransactionInformation/check/totalAmount is missing.")
    paid = [payment for payment in check.payments if (payment.payment_status or "") not in _FAILED]
    tip = _sum(payment.tip_amount for payment in paid) - _sum(p.refund.tip_refund_amount for p in paid if p.refund)
    back = _sum(payment.refund.refund_amount for payment in paid if payment.refund)
    total = check.total_amount
    if total is None:
        total = _sum((check.amount, check.tax_amount))
    if total < 0:
        raise wrong_input("/checkTransactionInformation/check/totalAmount is below zero.")
    selections = [line for line in check.selections if line is not None]
    discounts = (*check.applied_discounts, *(one for line in selections for one in line.applied_discounts))
    order = {
        "id": order_id(asked, store),
        "store": store,
        "channel": channel_of(check).value,
        "currency": currency,
        "total": _text(total + tip - back, currency),
        "tax": _text(check.tax_amount, currency),
        "tip": _text(tip, currency),
        "serviceCharge": _text(_sum(one.charge_amount for one in check.applied_service_charges), currency),
        "discount": _text(_sum(one.discount_amount for one in discounts), currency),
        "payment": _payment(paid),
        "terminal": check.created_device.id if check.created_device else None,
        "lines": list(_lines(selections, currency)),
    }
    return {name: value for name, value in order.items() if value is not None}


def subject_of(customer: TillCustomer | None) -> dict[str, Any] | None:
    """The guest whom a check names without an account, by one way of reaching the guest: two would claim that both are
    one person's. None: nobody."""
    if customer is None or not (customer.phone or customer.email):
        return None
    named = {"phone": customer.phone} if customer.phone else {"email": customer.email}
    traits = {"givenName": customer.first_name, "familyName": customer.last_name}
    return {"identifiers": named, "traits": {name: value for name, value in traits.items() if value}}


def sold_lines(selections: Iterable[Selection | None]) -> Iterator[tuple[str, Decimal, Selection]]:
    """The lines of a check that can be lines of an order, with their product and quantity; the others are left out."""
    for line in selections:
        if line is None or line.voided:
            continue
        product = (line.item.guid if line.item else None) or line.display_name
        quantity = (Decimal(1) if line.quantity is None else line.quantity).quantize(Decimal("0.001"))
        # No order may have what may be a card as an id.
        if product and 0 < quantity < _MOST_SOLD and not may_hold_card(product):
            yield product, quantity, line


def _lines(selections: Iterable[Selection], currency: str) -> Iterator[dict[str, Any]]:
    """What was sold. An order never waits for its lines."""
    for product, quantity, line in sold_lines(selections):
        if line.price is None or line.price < 0:
            continue
        named = {"name": line.display_name} if line.display_name else {}
        yield {
            "product": product,
            **named,
            "quantity": format(quantity.normalize(), "f"),
            "amount": _text(line.price, currency),
        }


def _payment(paid: Iterable[TillPayment]) -> str | None:
    kinds = {_PAYMENTS.get(payment.type or "", "other") for payment in paid}
    return "mixed" if len(kinds) > 1 else next(iter(kinds), None)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _text(amount: Decimal | None, currency: str) -> str | None:
    """Decimal text of the currency's own precision, never below zero: tills send sums of binary fractions."""
    if amount is None:
        return None
    places = Decimal(1).scaleb(-exponent(currency))
    return format(max(amount, Decimal(0)).quantize(places, ROUND_HALF_EVEN), "f")
