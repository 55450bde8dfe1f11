"""What a decision refuses before it changes anything, and what it makes of a request that it has carried out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from graph.store.database import Database, Row
from identity.decisions.decision_try import MAX_RECORDS, DecisionTry
from identity.decisions.plans import Change, DecisionKind, RulingPart
from identity.decisions.signed_decision import DecisionResult, NotTaken, PersonAfter, Signed
from identity.record_state import CustomerRef, RecordState
from matching.rulings import Ruling, RulingRule
from tests.kit.building import parts_of
from tests.kit.recorded import Recorded

PARTS = parts_of(cast(Database, None))
BY = Signed("eva", "why", "r1")


def tried(store: Recorded, by: Signed = BY) -> DecisionTry:
    return DecisionTry(PARTS, store.tx, by)


async def never(tx: DecisionTry) -> DecisionResult:
    raise AssertionError


async def test_a_request_that_was_carried_out_tells_what_came_of_it() -> None:
    people: list[Row] = [{"number": "CUST-1", "name": "A•••", "records": ["crm|a"]}]
    store = Recorded({"decisions/claim": [{"id": "d1", "asked": "what"}], "decisions/outcome": people})
    assert await tried(store).run(never) == DecisionResult("d1", (PersonAfter("CUST-1", "A•••", ("crm|a",)),))

    asked = Signed("eva", "why", "r1", asked="what")
    assert (await tried(store, asked).run(never)).id == "d1"
    with pytest.raises(Conflict):
        await tried(store, Signed("eva", "why", "r1", asked="something else")).run(never)


async def test_a_logged_decision_that_the_store_has_under_another_request_is_refused() -> None:
    store = Recorded({"decisions/claim": [{"id": None}], "decisions/known": [{"id": "d1"}]})
    with pytest.raises(InvalidInput, match="another request"):
        await tried(store, Signed("eva", "why", logged=("d1", datetime.now(UTC)))).run(never)


async def test_a_decision_is_about_people_who_exist_and_not_about_too_many() -> None:
    stands = [[f"crm|{n}", "k"] for n in range(MAX_RECORDS + 1)]
    many: list[Row] = [{"asked": "CUST-1", "number": "CUST-1", "records": stands}]
    with pytest.raises(TooLarge):
        await tried(Recorded({"decisions/customers": many})).people(["CUST-1"], [])
    with pytest.raises(NotFound, match="2 of the named customers"):
        await tried(Recorded()).people(["CUST-1", "CUST-2"], [])
    with pytest.raises(TooLarge):
        await tried(Recorded({"decisions/identifier": [{"records": stands}]})).identifier("email:1")
    with pytest.raises(NotFound):
        await tried(Recorded()).identifier("email:1")


async def test_a_preview_asks_for_nothing_to_be_written_and_knows_a_later_id() -> None:
    """The clock of another process may be ahead: of two decisions that contradict, the newer one holds."""
    ahead = "29991231T235959999998-00000000"
    pool: dict[str, Any] = {}
    for key, number in (("crm|a", "CUST-1"), ("crm|b", "CUST-2")):
        state = RecordState(key, "crm", known=True, first="2026-01-01", last="2026-01-01", component=f"k{number}")
        state.customer = CustomerRef(number, "2026-01-01T00:00:00Z", None)
        state.rulings.add(Ruling(ahead, RulingRule.FIELD, 0))
        pool[key] = state
    parts = tuple(RulingPart(key, RulingRule.JOIN) for key in pool)
    store = Recorded()
    decision = DecisionTry(PARTS, store.tx, Signed("eva", "why", preview=True), pool)
    with pytest.raises(NotTaken) as caught:
        await decision.carry_out(Change(DecisionKind.MERGE, parts))
    assert store.asked == []
    assert (caught.value.result.id or "") > ahead
    [person] = caught.value.result.people
    assert (person.number, person.records) == ("CUST-1", ("crm|a", "crm|b"))
