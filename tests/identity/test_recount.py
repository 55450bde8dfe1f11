"""A phone that strangers had by mistake is one person's again once their source corrects it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest

from bench.kit.wipe import wipe
from graph.store.database import Database
from tests.kit.building import READER, VAULT, intake_of, read
from tests.kit.hard_cases import Raw, Teller, phone, subject
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

STRANGERS = ("Bartolomea", "Calogero", "Domenica", "Eustachio", "Filomena", "Gaudenzio", "Immacolata")
Kind = tuple[str, Callable[[int], str]]
PHONES: Kind = ("phone", phone)
EMAILS: Kind = ("email", lambda number: f"box{number}@recount.example")


def annas(teller: Teller, kind: Kind) -> None:
    type_, value = kind
    for source in ("web", "app"):
        teller.identify(source, f"anna-{source}", given="Annunziata", family="Recount", **{type_: value(1)})
    teller.order("completed", "till", "A-1", subject(**{type_: value(1)}), "20.00")


def strangers(teller: Teller, kind: Kind, at: int | None = None) -> list[Raw]:
    """Seven rows with Anna's phone or e-mail, and with their own."""
    type_, value = kind
    rows: list[Raw] = []
    for own in (False, True):
        for number, given in enumerate(STRANGERS):
            contact = {type_: value(number + 2 if own else 1)}
            row = teller.identify("import", f"row-{number}", at, given=given, family=f"{given}ri", **contact)
            rows.append(row)
    return rows


async def people(store: Database) -> dict[frozenset[str], str]:
    """Records by the ids of their sources (the till's has none) → customer number."""
    rows = await store.read_text(
        "MATCH (r:SourceRecord)-[:RESOLVED_TO]->(c) RETURN c.number AS number, collect([r.key, r.sealed]) AS records",
        operation="test",
    )
    return {
        frozenset(VAULT.open(key, sealed)["id"] or "till" for key, sealed in row["records"]): row["number"]
        for row in rows
    }


ANNA = frozenset(("anna-web", "anna-app", "till"))
ROWS = [frozenset((f"row-{number}",)) for number in range(len(STRANGERS))]


@pytest.mark.parametrize("kind", [PHONES, EMAILS], ids=["phone", "email"])
@pytest.mark.parametrize("batch", [1, 200])
async def test_a_corrected_import_gives_the_guest_back(store: Database, kind: Kind, batch: int) -> None:
    teller = Teller("recount")
    annas(teller, kind)
    strangers(teller, kind)
    async with intake_of(store, intake_batch=batch, intake_linger_ms=0) as intake:
        events = read(teller.events)
        await intake.submit(events[:3])
        assert (before := await people(store)).keys() == {ANNA}
        await intake.submit(events[3:10])
        assert ANNA not in await people(store)
        await intake.submit(events[10:])
    after = await people(store)
    assert after.keys() == {ANNA, *ROWS}
    assert after[ANNA] == before[ANNA]
    await invariants(store, VAULT)


async def test_the_correction_may_come_first_or_at_the_same_time(store: Database) -> None:
    teller = Teller("first")
    annas(teller, PHONES)
    strangers(teller, PHONES)
    async with intake_of(store) as intake:
        for event in reversed(read(teller.events)):
            await intake.submit([event])
    assert (await people(store)).keys() == {ANNA, *ROWS}
    await wipe(store)
    teller = Teller("same")
    annas(teller, PHONES)
    strangers(teller, PHONES, at=50)
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    assert (await people(store)).keys() == {ANNA, *ROWS}


async def test_while_seven_still_have_it_the_phone_stays_shared(store: Database) -> None:
    teller = Teller("still")
    annas(teller, PHONES)
    rows = strangers(teller, PHONES)
    teller.identify("import", "row-8", given="Leonida", family="Leonidari", phone=phone(1))
    teller.events.remove(rows[-1])
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
        shared = await store.read_text(
            "MATCH (i:Identifier {key: $key}) RETURN i.shared AS shared, COUNT {(i)<--()} AS records",
            operation="test",
            key=READER.identifier_key("phone", phone(1)),
        )
        # Anna, the last stranger and the new one are three: few enough.
        assert shared == [{"shared": False, "records": 5}]
        for number in range(4):
            teller.identify("crm", f"more-{number}", given=STRANGERS[number], family="Altri", phone=phone(1))
        await intake.submit(read(teller.events[-4:]))
        teller.identify("import", "row-8", given="Leonida", family="Leonidari", phone=phone(60))
        before = await people(store)
        assert frozenset(("anna-web",)) in before
        teller.identify("crm", "more-9", given="Melchiorre", family="Altri", phone=phone(1))
        await intake.submit(read(teller.events[-2:]))
    assert (await people(store)).keys() == {*before.keys(), frozenset(("more-9",))}


async def test_a_guest_who_changes_the_phone_much_later_keeps_the_orders_of_the_old_one(store: Database) -> None:
    teller = Teller("change")
    day = 24 * 60
    teller.identify("web", "walpurga", 0, given="Walpurga", family="Change", phone=phone(1))
    teller.order("completed", "till", "C-1", subject(phone=phone(1)), "9.00", at=day)
    teller.identify("web", "walpurga", 90 * day, given="Walpurga", family="Change", phone=phone(2))
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    assert (await people(store)).keys() == {frozenset(("walpurga", "till"))}


async def test_an_account_without_a_phone_says_so_with_null(store: Database) -> None:
    found = set[Any]()
    for order in permutations(range(3)):
        teller = Teller("null")
        teller.identify("web", "xaver", 0, given="Xaver", family="Null", phone=phone(1))
        teller.order("completed", "till", "N-1", subject(phone=phone(1)), "9.00", at=10)
        teller.identify("web", "xaver", 90 * 24 * 60, phone=None)
        async with intake_of(store) as intake:
            for index in order:
                await intake.submit(read([teller.events[index]]))
        found.add(frozenset(await people(store)))
        await wipe(store)
    assert found == {frozenset((frozenset(("xaver",)), frozenset(("till",))))}
