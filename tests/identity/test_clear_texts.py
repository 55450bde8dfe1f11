"""What lies in clear in the store holds no contact data; keys are made of the whole text."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from ingest.parse import parse
from tests.kit.building import READER
from tests.kit.story import event, order, person

GUEST = person(phone="+12125550142")


def claims(raw: dict[str, Any]) -> Any:
    return READER.claims(parse(raw))


@pytest.mark.parametrize(
    ("id_", "changes", "hidden"),
    [
        ("gertrude.order@mail.example", {}, "gertrude"),
        ("o-1", {"terminal": "+12125550188"}, "0188"),
        ("+1 (212) 555-0188", {}, "0188"),
        ("o-1", {"lines": [{"product": "p", "name": "Gift, call 2125550188", "amount": "1"}]}, "0188"),
        ("o-1", {"lines": [{"product": "for-g@mail.example", "amount": "1"}]}, "mail.example"),
    ],
)
def test_contact_data_in_an_order_is_masked_with_a_warning(id_: str, changes: dict[str, Any], hidden: str) -> None:
    found = claims(order("05T12:00", id_, "pasta", "1", GUEST, **changes))
    assert hidden not in repr(found.order)
    assert len(found.warnings) == 1
    assert hidden not in found.warnings[0]


def test_two_masked_orders_are_two() -> None:
    one, other = (claims(order("05T12:00", f"{who}@mail.example", "pasta", "1", GUEST)) for who in ("ann", "bob"))
    assert one.order.id == other.order.id == "[e-mail]"
    assert one.transaction != other.transaction


def test_an_order_like_most_is_not_touched() -> None:
    raw = order("05T12:00", "8841-2026-03-01", "pasta", "1", GUEST, terminal="t-3",
                lines=[{"product": "4006381333931", "name": "Cola 0.33 l", "amount": "1"}])  # fmt: skip
    found = claims(raw)
    assert found.order == parse(raw).order  # type: ignore[union-attr]
    assert found.warnings == ()


@pytest.mark.parametrize("name", ["g@mail.example", "g%40mail.example", "call 2125550188", "+12125550188"])
def test_the_name_of_a_track_event_is_in_clear_only_if_it_is_a_word(name: str) -> None:
    found = claims(event("track", "web", "05T12:00", subject=GUEST, name=name))
    assert (found.name, orjson.loads(found.content)["name"]) == (None, name)
    assert claims(event("track", "web", "05T12:00", subject=GUEST, name="Table Reserved")).name == "Table Reserved"


def test_names_of_reference_data_are_masked_and_ids_stay() -> None:
    store = {"id": "s@forno.example", "name": "Ask g@mail.example", "brand": {"id": "b", "name": "call 2125550188"}}
    reference = claims(event("store.upserted", "office", "05T12:00", store=store)).reference.store
    assert (reference.id, reference.name, reference.brand.name) == ("s@forno.example", "Ask [e-mail]", "call [phone]")
    product = {"id": "p", "name": "For g@mail.example", "category": "call 2125550188"}
    reference = claims(event("product.upserted", "office", "05T12:00", product=product)).reference.product
    assert (reference.name, reference.category) == ("For [e-mail]", "call [phone]")
