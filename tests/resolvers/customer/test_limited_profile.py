"""A caller who may see some brands only sees a guest as these know the person, and nobody whom they do not know."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.events import CROSS_BRAND as CONSENT
from resolvers.access.caller import GROUP_READ, PII_READ, PROFILE_FIND, PROFILE_READ, Caller
from tests.kit.story import CARD, EMAIL, PHONE, Story, event, order, person

pytestmark = pytest.mark.neo4j

SCOPES = frozenset((GROUP_READ, PROFILE_READ, PROFILE_FIND, PII_READ))
PROFILE = """query($by: CustomerBy!) { customer(by: $by) {
  number name emails phones tier joinedAt lifetimeSpend { amount currency }
  rfm { lastVisitAt visits preferredChannel averageTicket { amount } }
  lastVisits(first: 10) { at brand { code } amount { amount } }
  loyaltyBalance { points byBrand { brand { code name } points }
    entries { edges { node { points brand { code } transactionId } } } }
  transactions { edges { node { id orderId brand { code } total { amount } } } }
  journey { edges { node { brand { code } } } transitions { count toBrand { code } } }
  consents { purpose granted } goldenRecord { field value source rejected { value } }
  linkedIdentities { source recordId identifiers { display value } } } }"""


def brand(*brands: str, sources: tuple[str, ...] = ()) -> Caller:
    return Caller("brand", SCOPES, brands=frozenset(brands), sources=frozenset(sources))


async def seen(story: Story, caller: Caller, document: str = PROFILE, **by: Any) -> Any:
    result = await story.run(document, caller, {"by": by})
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data["customer"]


async def test_a_brand_sees_its_own_part(story: Story) -> None:
    ann = await seen(story, brand("burger"), phone=PHONE)
    whole = (await story.ask(PROFILE, by={"phone": PHONE}))["customer"]
    assert ann["number"] == whole["number"]
    assert ann["lifetimeSpend"] == [{"amount": "18.00", "currency": "USD"}]
    assert whole["lifetimeSpend"] == [{"amount": "108.50", "currency": "USD"}]
    assert {row["node"]["brand"]["code"] for row in ann["transactions"]["edges"]} == {"burger"}
    assert {row["node"]["brand"]["code"] for row in ann["journey"]["edges"]} == {"burger"}
    assert {row["node"]["brand"]["code"] for row in ann["loyaltyBalance"]["entries"]["edges"]} == {"burger"}
    assert ann["journey"]["transitions"] == []
    assert [row["brand"]["code"] for row in ann["loyaltyBalance"]["byBrand"]] == ["burger"]
    assert ann["loyaltyBalance"]["points"] == 18
    assert ann["rfm"]["visits"] == 3
    assert ann["rfm"]["preferredChannel"] == "DELIVERY"
    assert ann["rfm"]["lastVisitAt"].startswith("2026-03-10")
    assert {row["source"] for row in ann["linkedIdentities"]} == {"till"}
    assert "pasta" not in json.dumps(ann).lower()


ENTRIES = """query($by: CustomerBy!) { customer(by: $by) { loyaltyBalance { points
  entries(first: 100) { edges { node { points kind reason brand { code } transactionId } } } } } }"""
BOOK = """
MATCH (t:Transaction {orderId: $order})<-[:MADE]-(r:SourceRecord)
UNWIND $entries AS entry
CREATE (r)-[:BOOKED]->(l:LedgerEntry {
  key: entry.key, points: entry.points, kind: 'adjust', brand: entry.brand, at: datetime(), reason: entry.reason
})
FOREACH (_ IN CASE WHEN entry.for THEN [1] END | CREATE (l)-[:FOR]->(t))
"""


async def test_on_a_record_that_both_have_met_each_brand_sees_its_own_entries(story: Story) -> None:
    both = person("Edda", "Ek", phone="+12125550162")
    await story.take(
        order("05T12:00", "e-1", "pasta", "11.00", both),
        order("06T12:00", "e-2", "burger", "7.00", both),
    )
    kept = [
        {"key": "e-a", "points": 5, "brand": "burger", "reason": "goodwill", "for": False},
        {"key": "e-b", "points": 6, "brand": "pasta", "reason": "goodwill", "for": False},
        {"key": "e-c", "points": 0, "brand": None, "reason": "the group's", "for": False},
        {"key": "e-d", "points": -1, "brand": "burger", "reason": "rebooked", "for": True},
    ]
    await story.database.run_schema(BOOK, order="e-1", entries=kept)
    rows = {}
    for caller in (brand("burger"), brand("pasta"), brand("burger", "pasta"), brand("sushi")):
        found = await seen(story, caller, ENTRIES, phone="+12125550162")
        edges = found["loyaltyBalance"]["entries"]["edges"] if found else []
        rows[caller.brands] = [edge["node"] for edge in edges]
    burger, pasta, two, sushi = rows.values()
    assert sushi == []
    assert sorted(row["points"] for row in burger) == [-1, 5, 7]
    assert sorted(row["points"] for row in pasta) == [6, 11]
    assert len(two) == 5
    whole = (await story.ask(ENTRIES, by={"phone": "+12125550162"}))["customer"]["loyaltyBalance"]["entries"]["edges"]
    assert len(whole) == 6
    of = {row["points"]: row["transactionId"] for row in burger}
    assert of[7] is not None
    assert of[5] is None, "no order caused it"
    assert of[-1] is None, "the order is another brand's"
    assert next(row for row in two if row["points"] == -1)["transactionId"] is not None


async def test_contact_data_of_other_sources_stays_there(story: Story) -> None:
    ann = await seen(story, brand("burger"), phone=PHONE)
    assert (ann["emails"], ann["phones"], ann["name"]) == ([], [PHONE], "Ann Smith")
    assert "Elm" not in json.dumps(ann)
    web = await seen(story, brand("burger", sources=("web",)), phone=PHONE)
    assert web["emails"] == [EMAIL]
    assert {row["source"] for row in web["linkedIdentities"]} == {"till", "web"}


async def test_nobody_is_found_by_what_only_others_know(story: Story) -> None:
    for by in ({"email": EMAIL}, {"card": CARD}, {"externalId": {"source": "web", "id": "web-1"}}):
        assert await seen(story, brand("burger"), **by) is None, by
        assert await seen(story, brand("burger", sources=("web", "app")), **by) is not None, by
    bob = await story.number(card="B-55501")
    assert await seen(story, brand("burger"), customerNumber=bob) is None
    assert await seen(story, brand("pasta"), customerNumber=bob) is not None
    assert await seen(story, brand("nobody"), phone=PHONE) is None
    assert await seen(story, brand(), phone=PHONE) is None


async def test_ids_of_other_brands_open_nothing(story: Story) -> None:
    whole = (await story.ask(PROFILE, by={"phone": PHONE}))["customer"]
    document = "query($i: ID!) { node(id: $i) { id ... on Transaction { total { amount } } } }"
    for row in whole["transactions"]["edges"]:
        result = await story.run(document, brand("burger"), {"i": row["node"]["id"]})
        assert result.errors is None
        assert result.data is not None
        assert (result.data["node"] is None) == (row["node"]["brand"]["code"] == "pasta")


async def test_a_guests_consent_opens_the_picture_and_a_refusal_closes_it(story: Story) -> None:
    dora = person("Dora", "Dahl", phone="+12125550161")
    known = person("Dora", "Dahl", id_="dora", email="dora@example.org", phone="+12125550161")
    await story.take(
        order("05T12:00", "d-1", "pasta", "11.00", dora),
        order("06T12:00", "d-2", "burger", "7.00", dora),
        event("consent.changed", "app", "07T10:00", subject=known, consent={"purpose": CONSENT, "granted": True}),
    )
    opened = await seen(story, brand("burger"), phone="+12125550161")
    whole = (await story.ask(PROFILE, by={"phone": "+12125550161"}))["customer"]
    assert opened == whole
    assert opened["emails"] == ["dora@example.org"]
    never = Story(story.database, story.settings.model_copy(update={"cross_brand": "never"}))
    assert (await seen(never, brand("burger"), phone="+12125550161"))["emails"] == []
    # Whoever has never met the guest sees nothing of the person, consent or no consent.
    assert await seen(story, brand("sushi"), phone="+12125550161") is None
    await story.take(
        event("consent.changed", "till", "08T10:00", subject=dora, consent={"purpose": CONSENT, "granted": False})
    )
    closed = await seen(story, brand("burger"), phone="+12125550161")
    assert (closed["emails"], closed["lifetimeSpend"]) == ([], [{"amount": "7.00", "currency": "USD"}])
    assert {"purpose": CONSENT, "granted": False} in closed["consents"]


GRANTS = """query($by: CustomerBy!) { customer(by: $by) { lifetimeSpend { amount }
  transactions { edges { node { orderId } } } } }"""


async def orders_of(story: Story, phone: str, *brands: str) -> set[str]:
    found = await seen(story, brand(*brands), GRANTS, phone=phone)
    return {row["node"]["orderId"] for row in found["transactions"]["edges"]}


def grant(at: str, source: str, subject: Any, *, granted: bool = True, **more: Any) -> Any:
    consent = {"purpose": CONSENT, "granted": granted}
    return event("consent.changed", source, at, subject=subject, consent=consent, **more)


async def test_each_brand_is_opened_by_a_grant_at_that_brand(story: Story) -> None:
    phone = "+12125550163"
    eve = person("Eve", "Elk", phone=phone)
    await story.take(
        order("05T12:00", "e1", "pasta", "11.00", eve),
        order("06T12:00", "e2", "burger", "7.00", eve),
        order("06T13:00", "e3", "sushi", "5.00", eve, store="s-4"),
        grant("07T12:00", "till-burger", eve, brand="burger"),
    )
    # What burger was granted opens burger's part, and nobody else's.
    assert await orders_of(story, phone, "burger") == {"e2"}
    assert await orders_of(story, phone, "pasta") == {"e1", "e2"}
    await story.take(grant("08T12:00", "till-pasta", eve, brand="pasta"))
    assert await orders_of(story, phone, "burger") == {"e1", "e2"}
    assert await orders_of(story, phone, "sushi") == {"e1", "e2", "e3"}
    assert (await seen(story, brand("pasta"), GRANTS, phone=phone))["lifetimeSpend"] == [{"amount": "18.00"}]
    # One refusal closes all, wherever it was given.
    await story.take(grant("09T12:00", "till-sushi", eve, granted=False, brand="sushi"))
    assert await orders_of(story, phone, "burger") == {"e2"}
    await story.take(grant("10T12:00", "till-sushi", eve, brand="sushi"))
    assert await orders_of(story, phone, "burger") == {"e1", "e2", "e3"}


async def test_a_grant_of_who_never_met_the_guest_opens_nothing(story: Story) -> None:
    phone = "+12125550164"
    await story.take(
        order("05T12:00", "f1", "pasta", "11.00", person(phone=phone)),
        grant("07T12:00", "till-burger", person(phone=phone), brand="burger"),
    )
    assert await orders_of(story, phone, "burger") == set()
