"""The stream as a whole: contracts, sums, truth, determinism, memory."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from decimal import Decimal
from itertools import pairwise

import orjson
import pytest

from domain.errors import InvalidInput
from domain.events import event_adapter
from tests.world.world_in_memory import Made, make
from world import World, WorldConfig


def test_every_event_passes_the_contracts(made: Made) -> None:
    for event in [*made.world.reference_events(), *made.events]:
        event_adapter.validate_json(orjson.dumps(event))


def test_every_kind_of_event_occurs(made: Made) -> None:
    kinds = {event["type"] for event in [*made.world.reference_events(), *made.events]}
    assert kinds == {
        *("identify", "alias", "track", "page", "order.placed", "order.completed", "order.refunded"),
        *("consent.changed", "store.upserted", "product.upserted"),
    }


def test_a_person_has_between_12_and_25_events_a_year(made: Made) -> None:
    assert 12 <= len(made.deliveries) / len(made.people) <= 25


def test_lines_sum_to_the_total_and_name_known_products_and_stores(made: Made) -> None:
    reference = list(made.world.reference_events())
    products = {e["product"]["id"] for e in reference if e["type"] == "product.upserted"}
    stores = {e["store"]["id"]: e["store"]["brand"]["id"] for e in reference if e["type"] == "store.upserted"}
    orders = [e for e in made.events if "order" in e]
    for event in orders:
        order = event["order"]
        assert sum(Decimal(line["amount"]) for line in order["lines"]) == Decimal(order["total"])
        assert {line["product"] for line in order["lines"]} <= products
        assert stores[order["store"]] == event["brand"]


def test_tills_only_complete_and_shops_place_first(made: Made) -> None:
    placed = {(e["source"], e["order"]["id"]) for e in made.events if e["type"] == "order.placed"}
    completed = {(e["source"], e["order"]["id"]) for e in made.events if e["type"] == "order.completed"}
    assert not any(source.startswith("pos-") for source, _ in placed)
    assert {pair for pair in completed if not pair[0].startswith("pos-")} < placed


def test_tills_have_no_subject_id(made: Made) -> None:
    tills = [e for e in made.events if e["source"].startswith("pos-")]
    assert tills
    assert not any("id" in e.get("subject", {}) for e in tills)
    assert any(e.get("subject") == {} for e in tills)


def test_refunds_are_of_known_orders_and_never_above_the_total(made: Made) -> None:
    totals = {(e["source"], e["order"]["id"]): Decimal(e["order"]["total"]) for e in made.events if "order" in e}
    refunds = [e for e in made.events if e["type"] == "order.refunded"]
    shares = [Decimal(e["refund"]["amount"]) / totals[e["source"], e["refund"]["order"]] for e in refunds]
    assert all(0 < share <= 1 for share in shares)
    assert any(share == 1 for share in shares)
    assert any(share < 1 for share in shares)


def test_a_repeat_is_the_same_event_later(made: Made) -> None:
    first = {}
    repeats = 0
    for delivery in made.deliveries:
        key = delivery.event["source"], delivery.event["messageId"]
        if delivery.repeat:
            repeats += 1
            assert first[key].event == delivery.event
            assert first[key].person == delivery.person
            assert first[key].arrival < delivery.arrival
        else:
            assert key not in first
            first[key] = delivery
    assert repeats / len(first) == pytest.approx(made.world.config.repeated, rel=0.25)


def test_a_block_arrives_in_order_but_did_not_happen_in_order(made: Made) -> None:
    block = next(made.world.blocks())
    assert all(a.arrival <= b.arrival for a, b in pairwise(block.deliveries))
    happened = [event_adapter.validate_python(delivery.event).at for delivery in block.deliveries]
    assert any(a > b for a, b in pairwise(happened))


def test_some_refunds_arrive_before_their_order() -> None:
    small = make(WorldConfig(people=60, refunds=0.5, refund_first=0.5, late=0, repeated=0))
    arrived: set[str] = set()
    early = late = 0
    for event in small.events:
        if event["type"] == "order.completed":
            arrived.add(event["order"]["id"])
        elif event["type"] == "order.refunded":
            early += event["refund"]["order"] not in arrived
            late += event["refund"]["order"] in arrived
    assert early / (early + late) == pytest.approx(0.5, abs=0.15)


def test_the_calendar_holds_but_for_what_follows_a_visit(made: Made) -> None:
    days = Counter(event["at"][:10] for event in made.events)
    assert min(days) >= "2025-09-30"
    assert max(days) <= "2026-11-08"
    inside = sum(count for day, count in days.items() if "2025-10-01" <= day <= "2026-09-30")
    assert inside / days.total() > 0.98


def test_another_seed_is_another_world() -> None:
    one, two = (next(World(WorldConfig(people=1, seed=seed)).people()) for seed in (1, 2))
    assert (one.given, one.family, one.phones) != (two.given, two.family, two.phones)


def test_iterating_twice_yields_the_same() -> None:
    world = World(WorldConfig(people=80))
    assert list(world.events()) == list(world.events())


def test_a_person_of_a_longer_world_is_the_same_person() -> None:
    short, long = (list(World(WorldConfig(people=people)).people()) for people in (640, 900))
    assert short == long[:640]


_DIGEST = """
import hashlib, orjson
from world import World, WorldConfig
digest = hashlib.sha256()
for event, person in World(WorldConfig(people=130, offices=1.0)).events():
    digest.update(orjson.dumps([event, person]))
print(digest.hexdigest())
"""


def test_bytes_depend_on_neither_hash_seed_nor_locale_nor_clock() -> None:
    digest = hashlib.sha256()
    for event, person in World(WorldConfig(people=130, offices=1.0)).events():
        digest.update(orjson.dumps([event, person]))
    for hash_seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": zone, "LC_ALL": "C"}
        command = [sys.executable, "-c", _DIGEST]
        answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == digest.hexdigest()


def _peak(people: int) -> int:
    world = World(WorldConfig(people=people, block_people=100))
    tracemalloc.start()
    try:
        for _ in world.events():
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_people() -> None:
    _peak(100)
    assert _peak(1_600) < 1.6 * _peak(400)


@pytest.mark.parametrize("wrong", [{"people": 0}, {"late": 1.5}, {"stores": 3}, {"days": 0}, {"pages": 0}])
def test_impossible_settings_are_refused_by_name(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        WorldConfig(**wrong)  # pyright: ignore[reportArgumentType]


def test_few_stores_and_many_brands_still_make_a_world() -> None:
    small = make(WorldConfig(people=70, brands=9, stores=9, days=20, newcomers=1.0))
    assert len({store.brand for store in small.world.group.stores}) == 9
    assert len({brand.id for brand in small.world.group.brands}) == 9
    for event in small.events:
        event_adapter.validate_python(event)
