"""Orders of the Segment.com ecommerce spec v2 as native orders: Order Placed, Order Completed, Order Refunded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, cast

from connectors.segment_com.clean_values import amount, clean_text, id_text, identifier, slug, without_empty
from domain.errors import EventRefused
from domain.events import MAX_COVERS, MAX_LINES, Line
from domain.money import exponent, to_minor

# "Completed Order" is the name of the spec's first version; older shops still send it.
_ORDERS = {"order completed": "order.completed", "completed order": "order.completed", "order placed": "order.placed"}
_PARTS = {
    "tax": ("tax", "taxes"),
    "tip": ("tip", "tips", "gratuity"),
    "serviceCharge": ("service_charge", "serviceCharge"),
    "discount": ("discount", "discounts"),
}


@dataclass(frozen=True, slots=True)
class OrderDefaults:
    """Defaults for fields that a message leaves out: `brand` and `store` ids and an ISO 4217 `currency`."""

    brand: str
    store: str
    currency: str | None

    @classmethod
    def of(cls, source: str, currency: str | None, brand: str | None = None) -> OrderDefaults:
        """Unless its messages say otherwise, a source sells in its own web shop; without a brand, it is its own."""
        return cls(brand=brand or source, store=f"{source}-online", currency=currency)


def order_event(message: Mapping[str, Any], message_id: str, defaults: OrderDefaults) -> dict[str, Any] | None:
    """The fields of the order event in this track message; None where the message is another event."""
    name = clean_text(message.get("event")).lower()
    content = message.get("properties")
    properties: Mapping[str, Any] = content if isinstance(content, Mapping) else {}
    brand = slug(properties.get("brand"), "-") or defaults.brand
    if name == "order refunded":
        return {"type": "order.refunded", "brand": brand, "refund": _refund(properties, message_id, defaults)}
    if name in ("order cancelled", "order canceled"):
        cancellation = {"order": _order_id(properties), "reason": clean_text(properties.get("reason"))}
        return {"type": "order.cancelled", "brand": brand, "cancellation": without_empty(cancellation)}
    if name not in _ORDERS:
        return None
    return {"type": _ORDERS[name], "brand": brand, "order": _order(message, properties, defaults)}


def _order(message: Mapping[str, Any], properties: Mapping[str, Any], defaults: OrderDefaults) -> dict[str, Any]:
    currency = _currency(properties, defaults)
    store = _first(properties, "store", "store_id", "storeId", "affiliation")
    order = {
        "id": _order_id(properties),
        "store": clean_text(store) or defaults.store,
        "channel": _channel(message, properties),
        "currency": currency,
        "total": _total(properties, currency),
        **{part: _part(_first(properties, *names), currency) for part, names in _PARTS.items()},
        "payment": clean_text(_first(properties, "payment_method", "paymentMethod", "payment")),
        "covers": _covers(properties.get("covers")),
        "table": clean_text(properties.get("table")),
        "terminal": clean_text(properties.get("terminal")),
        "lines": _lines(properties, currency),
    }
    return without_empty(order)


def _refund(properties: Mapping[str, Any], message_id: str, defaults: OrderDefaults) -> dict[str, Any]:
    currency = _currency(properties, defaults)
    refund = {
        # Two partial refunds of an order often share every property: the message id distinguishes them.
        "id": identifier(_first(properties, "refund_id", "refundId")) or message_id,
        "order": _order_id(properties),
        "currency": currency,
        "amount": _refunded(properties, currency),
        "reason": clean_text(properties.get("reason")),
    }
    return without_empty(refund)


def _refunded(properties: Mapping[str, Any], currency: Any) -> Any:
    """The amount that is given back: what is said, else the sum of the products, else None: the whole order."""
    total = _total(properties, currency)
    if total is not None or not properties.get("products"):
        return total
    amounts = [Decimal(line["amount"]) for line in _lines(properties, currency, priced=True)]
    if not amounts:
        raise EventRefused("/refund/amount", "is unknown: no product has a price", hint="Send total.")
    return str(sum(amounts))


def _lines(properties: Mapping[str, Any], currency: Any, *, priced: bool = False) -> list[dict[str, Any]]:
    """The products that can be read as lines. An order never waits for its lines: the others are left out, and so are
    those over the limit. Without `priced`, a product without a price counts as free."""
    products = properties.get("products")
    found: list[dict[str, Any]] = []
    for product in products if isinstance(products, list) else []:
        if not isinstance(product, Mapping) or (priced and product.get("price") in (None, "")):
            continue
        try:
            line = _line(cast(Mapping[str, Any], product), currency)
            to_minor(Line.model_validate(line).amount, str(currency))
        except (ArithmeticError, ValueError):
            continue
        found.append(line)
    return found[:MAX_LINES]


def _line(product: Mapping[str, Any], currency: Any) -> dict[str, Any]:
    """Raises ArithmeticError where price or quantity is no number."""
    quantity = _number(product.get("quantity"), default=1).quantize(Decimal("0.001")).normalize()
    amount = _number(product.get("price"), default=0) * quantity
    places = Decimal(1).scaleb(-exponent(str(currency)))
    line = {
        "product": id_text(_first(product, "product_id", "productId", "sku", "id", "name")),
        "name": clean_text(product.get("name")),
        "quantity": format(quantity, "f"),
        "amount": format(amount.quantize(places, ROUND_HALF_EVEN), "f"),
    }
    return without_empty(line)


def _number(value: Any, *, default: int) -> Decimal:
    return Decimal(default) if value in (None, "") else Decimal(str(value))


def _order_id(properties: Mapping[str, Any]) -> str | None:
    return identifier(_first(properties, "order_id", "orderId", "orderID"))


def _total(properties: Mapping[str, Any], currency: Any) -> Any:
    return amount(_first(properties, "total", "revenue", "value"), currency)


def _currency(properties: Mapping[str, Any], defaults: OrderDefaults) -> Any:
    currency = properties.get("currency") or defaults.currency
    return currency.strip().upper() if isinstance(currency, str) else currency


def _part(value: Any, currency: Any) -> str | None:
    """A part of the total; None where it cannot be read: the order counts all the same."""
    text = amount(value, currency)
    try:
        to_minor(Decimal(text), currency)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return text if Decimal(text) >= 0 else None


def _covers(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COVERS else None


def _channel(message: Mapping[str, Any], properties: Mapping[str, Any]) -> str:
    named = clean_text(properties.get("channel"))
    if named:
        return named
    context = message.get("context")
    # Only the libraries for phones send an operating system and an app.
    is_app = isinstance(context, Mapping) and "app" in context and "os" in context
    return "app" if is_app else "web"


def _first(values: Mapping[str, Any], *names: str) -> Any:
    return next((values[name] for name in names if values.get(name) not in (None, "")), None)
