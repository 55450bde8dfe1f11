"""What a key may send: only of its sources, brands and stores, and who somebody is only where it may."""

from __future__ import annotations

from typing import Any

import pytest

from api.events.sender_limits import limited_reader, rights_of
from domain.errors import EventRefused, NotAllowed
from ingest.parse import parse
from matching.policy import default
from resolvers.access.caller import CONSENT_GRANT, EVENT_WRITE, IDENTITY_CLAIM, PROFILE_READ, Caller

PHONE, CARD = {"phone": "+12125550142"}, {"loyalty_card": "REG-4000-7788"}
ENVELOPE = {"messageId": "m", "source": "till", "at": "2026-03-01T18:30:00Z"}
CONSENT = {"purpose": "x", "granted": True}
ORDER = {"id": "1", "store": "s-1", "channel": "dine_in", "currency": "USD", "total": "1.00"}


def event(type_: str, subject: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return {**ENVELOPE, "type": type_, **({"subject": subject} if subject is not None else {}), **more}


def order(subject: dict[str, Any], **more: Any) -> dict[str, Any]:
    return event("order.completed", subject, **({"brand": "pasta", "order": ORDER} | more))


def sent(caller: Caller, raw: dict[str, Any]) -> str | None:
    """Where it is refused, or None."""
    try:
        limited_reader(caller, parse, default())(raw)
    except EventRefused as error:
        return error.pointer
    return None


TILL = Caller(
    "till",
    frozenset((EVENT_WRITE,)),
    brands=frozenset(("pasta",)),
    sources=frozenset(("till",)),
    stores=frozenset(("s-1",)),
)
CLAIMS = Caller("crm", frozenset((EVENT_WRITE, IDENTITY_CLAIM)))


def test_sending_needs_its_scope() -> None:
    with pytest.raises(NotAllowed):
        limited_reader(Caller("reader", frozenset((PROFILE_READ, IDENTITY_CLAIM))), parse, default())


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        (order({"identifiers": PHONE}), None),
        (order({"identifiers": PHONE | {"device_id": ["d-1", "d-2"]}}), None),
        (order({"id": "42"}), None),
        (order({}), None),
        (order({"identifiers": PHONE}, source="web"), "/source"),
        (order({"identifiers": PHONE}, brand="burger"), "/brand"),
        (order({"identifiers": PHONE}, order=ORDER | {"store": "s-2"}), "/order/store"),
        (event("track", {"identifiers": PHONE}, name="x", brand="burger"), "/brand"),
        (event("track", {"identifiers": PHONE}, name="x"), None),
        (event("store.upserted", store={"id": "s-1", "name": "S", "brand": {"id": "pasta", "name": "P"}}), None),
        (event("store.upserted", store={"id": "s-2", "name": "S", "brand": {"id": "pasta", "name": "P"}}), "/store/id"),
        (
            event("store.upserted", store={"id": "s-1", "name": "S", "brand": {"id": "burger", "name": "P"}}),
            "/store/brand/id",
        ),
        (event("product.upserted", product={"id": "p", "name": "P"}), "/type"),
        (event("identify", {"identifiers": PHONE}), "/type"),
        (event("alias", {"identifiers": PHONE}, previous={"identifiers": {"anonymous_id": "a"}}), "/type"),
        (order({"identifiers": PHONE | CARD}), "/subject"),
        (order({"identifiers": {"phone": ["+12125550142", "+12125550143"]}}), "/subject"),
        (order({"id": "42", "identifiers": PHONE}), "/subject"),
        (event("consent.changed", {"id": "42", "identifiers": CARD}, consent=CONSENT), "/subject"),
    ],
)  # fmt: skip
def test_what_a_till_may_send(raw: dict[str, Any], pointer: str | None) -> None:
    assert sent(TILL, raw) == pointer
    assert sent(CLAIMS, raw) is None


GRANT = {"purpose": "cross_brand_profile", "granted": True}
GRANTS = frozenset((EVENT_WRITE, CONSENT_GRANT))


def grant(**more: Any) -> dict[str, Any]:
    return event("consent.changed", {"identifiers": PHONE}, **({"consent": GRANT} | more))


@pytest.mark.parametrize(
    ("caller", "raw", "pointer"),
    [
        (TILL, grant(brand="pasta"), "/consent/granted"),
        (CLAIMS, grant(), "/consent/granted"),
        (TILL, grant(brand="pasta", consent=GRANT | {"granted": False}), None),
        (TILL, grant(consent=GRANT | {"purpose": "sms"}), None),
        (Caller("crm", GRANTS), grant(), None),
        (Caller("shop", GRANTS, brands=frozenset(("pasta",))), grant(brand="pasta"), None),
        (Caller("shop", GRANTS, brands=frozenset(("pasta",))), grant(brand="burger"), "/brand"),
        (Caller("shop", GRANTS, brands=frozenset(("pasta",))), grant(), "/brand"),
    ],
)
def test_who_may_open_a_brand_to_others(caller: Caller, raw: dict[str, Any], pointer: str | None) -> None:
    assert sent(caller, raw) == pointer


def test_what_is_believed_is_what_the_key_may() -> None:
    rights = rights_of(TILL)
    assert (rights.brands, rights.stores, rights.identity) == (TILL.brands, TILL.stores, False)
    assert rights_of(CLAIMS).identity


def test_products_are_described_by_no_key_with_limits() -> None:
    product = event("product.upserted", product={"id": "p", "name": "P"})
    assert sent(Caller("s", frozenset((EVENT_WRITE,)), stores=frozenset(("s-1",))), product) == "/type"
    assert sent(Caller("s", frozenset((EVENT_WRITE,)), sources=frozenset(("till",))), product) is None


def test_what_is_no_event_is_refused_as_ever() -> None:
    assert sent(CLAIMS, event("identify", {"identifiers": PHONE}, nonsense=1)) == "/nonsense"
