"""What reference data and orders say of brands, stores and products is the same whichever comes first."""

from __future__ import annotations

from itertools import count, permutations
from typing import Any

import pytest

from tests.kit.story import Event, Story, event, order, person

pytestmark = pytest.mark.neo4j
_numbers = count(1)
_VISITS = """query($card: String!) { customer(by: {card: $card}) {
  lastVisits(first: 10) {
    brand { code name } store { code name brand { code } } transaction { orderId lines { name productCode } } }
  loyaltyBalance { byBrand { brand { code } points } } } }"""


async def visits(story: Story, card: str) -> Any:
    return (await story.ask(_VISITS, card=card))["customer"]


def sold(id_: str, at: str, store: str, brand: str, who: Event, **line: str) -> Event:
    lines = [{"quantity": "1", "amount": "10.00"} | line]
    return order(at, id_, brand, "10.00", who, store=store, lines=lines)


@pytest.mark.parametrize("arrival", list(permutations(range(3))))
async def test_an_order_has_its_own_brand_and_a_store_that_of_its_reference_data(
    story: Story, arrival: tuple[int, ...]
) -> None:
    n = next(_numbers)
    who = person("Vic", "Kitchen", loyalty_card=f"V-{n:05}")
    store = {"id": f"k-{n}", "name": "Kitchen", "brand": {"id": "pasta", "name": "Pasta Bar"}}
    product = {"id": f"dish-{n}", "name": "Official Dish"}
    events = [
        event("store.upserted", "office", "02T08:00", store=store),
        sold(f"ghost-{n}", "03T12:00", f"k-{n}", f"ghost-{n}", who, product=f"dish-{n}", name="Dish of the Ghost"),
        event("product.upserted", "office", "02T08:00", product=product),
    ]
    for place in arrival:
        await story.take(events[place])
    found = await visits(story, f"V-{n:05}")
    [visit] = found["lastVisits"]
    assert visit["brand"] == {"code": f"ghost-{n}", "name": f"ghost-{n}"}
    assert visit["store"] == {"code": f"k-{n}", "name": "Kitchen", "brand": {"code": "pasta"}}
    assert visit["transaction"]["lines"] == [{"name": "Dish of the Ghost", "productCode": f"dish-{n}"}]
    assert found["loyaltyBalance"]["byBrand"] == [{"brand": {"code": f"ghost-{n}"}, "points": 10}]
    [product] = await story.database.read_text(
        "MATCH (p:Product {id: $id}) RETURN p.name AS name", operation="test", id=f"dish-{n}"
    )
    assert product["name"] == "Official Dish"


@pytest.mark.parametrize("arrival", list(permutations(range(3))))
async def test_without_reference_data_a_store_has_no_brand_and_a_product_its_newest_name(
    story: Story, arrival: tuple[int, ...]
) -> None:
    n = next(_numbers)
    who = person("Vic", "Kitchen", loyalty_card=f"V-{n:05}")
    events = [
        sold(f"old-{n}", "03T12:00", f"k-{n}", "pasta", who, product=f"dish-{n}", name="Old Name"),
        sold(f"new-{n}", "04T12:00", f"k-{n}", "burger", who, product=f"dish-{n}", name="New Name"),
        sold(f"none-{n}", "05T12:00", f"k-{n}", "burger", who, product=f"dish-{n}"),
    ]
    for place in arrival:
        await story.take(events[place])
    found = {visit["transaction"]["orderId"]: visit for visit in (await visits(story, f"V-{n:05}"))["lastVisits"]}
    assert all(visit["store"]["brand"] is None for visit in found.values())
    assert {key.partition("-")[0]: visit["brand"]["code"] for key, visit in found.items()} == {
        "old": "pasta",
        "new": "burger",
        "none": "burger",
    }
    assert [found[f"{key}-{n}"]["transaction"]["lines"][0]["name"] for key in ("old", "new", "none")] == [
        "Old Name",
        "New Name",
        "New Name",
    ], "a line without a name has that of its product"
