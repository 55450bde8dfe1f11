"""What a profile tells: contact data by scope, journey, orders, points and why records are one person."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from resolvers.access.caller import PROFILE_READ
from tests.kit.story import ANN_AT_TILL, EMAIL, PHONE, PRIVATE, SHARED_PHONE, Story, order

pytestmark = pytest.mark.neo4j

CONTACT = """query($by: CustomerBy!) { customer(by: $by) {
  name givenName familyName emails phones
  identifiers { type display value carriedBy { source } }
  goldenRecord { field value source rejected { value source } }
  linkedIdentities {
    source kind sourceRecordId identifiers { type display value }
    evidence { rule viaType viaDisplay explanation }
  }
} }"""


async def ann(story: Story, selection: str, **variables: Any) -> Any:
    names = ", ".join(f"${name}: {'Int' if isinstance(value, int) else 'String'}" for name, value in variables.items())
    head = f"query({names})" if names else ""
    document = f'{head} {{ customer(by: {{email: "{EMAIL}"}}) {{ {selection} }} }}'
    return (await story.ask(document, **variables))["customer"]


async def test_contact_data_in_clear_with_the_scope(story: Story) -> None:
    found = (await story.ask(CONTACT, by={"email": EMAIL}))["customer"]
    assert (found["name"], found["givenName"], found["familyName"]) == ("Ann Smith", "Ann", "Smith")
    assert (found["emails"], found["phones"]) == ([EMAIL], [PHONE])
    assert {row["value"] for row in found["identifiers"]} >= {EMAIL, PHONE, "reg40007788"}
    golden = {row["field"]: row["value"] for row in found["goldenRecord"]}
    assert golden["given_name"] == "Ann"
    assert golden["address"]["line1"] == "1 Elm Street"
    assert {row["source"]: row["sourceRecordId"] for row in found["linkedIdentities"]} == {
        "web": "web-1",
        "till": None,
        "app": "app-1",
    }


async def test_contact_data_is_masked_without_it(story: Story) -> None:
    answer = await story.ask(CONTACT, scopes=frozenset((PROFILE_READ,)), by={"email": EMAIL})
    found = answer["customer"]
    assert (found["name"], found["givenName"], found["familyName"]) == ("A••• S•••", "A•••", "S•••")
    assert (found["emails"], found["phones"]) == (["a•••@e•••.org"], ["+1 ••• ••42"])
    assert {row["value"] for row in found["identifiers"] + found["goldenRecord"]} == {None}
    assert {row["sourceRecordId"] for row in found["linkedIdentities"]} == {None}
    text = json.dumps(answer, ensure_ascii=False)
    assert [value for value in PRIVATE if value in text] == []


async def test_why_records_are_one_person(story: Story) -> None:
    found = (await story.ask(CONTACT, by={"email": EMAIL}))["customer"]
    evidence = {row["source"]: row["evidence"] for row in found["linkedIdentities"]}
    assert {evidence["web"]["viaType"], evidence["app"]["viaType"], evidence["till"]["viaType"]} >= {"phone"}
    linked = [row for row in evidence.values() if row["viaType"]]
    assert all(row["viaDisplay"] in row["explanation"] for row in linked)
    carried = {row["type"]: {one["source"] for one in row["carriedBy"]} for row in found["identifiers"]}
    assert carried == {"email": {"web", "app"}, "phone": {"till", "app"}, "device_id": {"web"}, "loyalty_card": {"app"}}


async def test_who_was_kept_apart_and_why(story: Story) -> None:
    bob = (await story.ask('{ customerSearch(text: "Bob Jones") { edges { node { number } } } }'))["customerSearch"]
    document = "query($n: String!) { customer(by: {customerNumber: $n}) { keptApart { customerNumber rule detail } } }"
    number = bob["edges"][0]["node"]["number"]
    [apart] = (await story.ask(document, n=number))["customer"]["keptApart"]
    other = "query($n: String!) { customer(by: {customerNumber: $n}) { name phones } }"
    assert (await story.ask(other, n=apart["customerNumber"]))["customer"] == {
        "name": "Carla Diaz",
        "phones": [SHARED_PHONE],
    }
    assert apart["rule"].isupper()


async def test_one_refusal_of_consent_refuses(story: Story) -> None:
    assert (await ann(story, "consents { purpose granted }"))["consents"] == [{"purpose": "sms", "granted": False}]


async def test_journey_is_in_order_and_counts_moves(story: Story) -> None:
    journey = (
        await ann(
            story,
            """journey { edges { node { at brand { code name } store { name brand { code } } amount { amount } } }
            transitions { fromBrand { code } toBrand { name } count medianDays } }""",
        )
    )["journey"]
    visits = [edge["node"] for edge in journey["edges"]]
    assert [visit["brand"]["code"] for visit in visits] == ["pasta", "burger", "pasta", "burger", "burger", "pasta"]
    assert [visit["amount"]["amount"] for visit in visits] == ["20.50", "6.00", "30.00", "12.00", "0.00", "40.00"]
    assert visits[0]["store"] == {"name": "Pasta Centre", "brand": {"code": "pasta"}}
    assert all(one["at"] < other["at"] for one, other in pairwise(visits))
    assert journey["transitions"] == [
        {"fromBrand": {"code": "burger"}, "toBrand": {"name": "Pasta Bar"}, "count": 2, "medianDays": 7.0},
        {"fromBrand": {"code": "pasta"}, "toBrand": {"name": "Burger Yard"}, "count": 2, "medianDays": 1.5},
    ]


async def test_journey_pages_meet(story: Story) -> None:
    selection = "journey(first: $first, after: $after) { edges { node { at } } pageInfo { hasNextPage endCursor } }"
    whole = (await ann(story, "journey { edges { node { at } } }"))["journey"]["edges"]
    seen: list[Any] = []
    after = ""
    for _ in range(2):
        arguments: dict[str, Any] = {"first": 4} | ({"after": after} if after else {})
        text = selection if after else selection.replace(", after: $after", "")
        page = (await ann(story, text, **arguments))["journey"]
        seen += page["edges"]
        after = page["pageInfo"]["endCursor"]
    assert (seen, page["pageInfo"]["hasNextPage"]) == (whole, False)


async def test_last_visits(story: Story) -> None:
    selection = "lastVisits { at transaction { orderId lines { name } } } more: lastVisits(first: 10) { at }"
    found = await ann(story, selection)
    assert [visit["transaction"]["orderId"] for visit in found["lastVisits"]] == ["o-6", "o-5", "o-4"]
    assert len(found["more"]) == 6
    unset = f'query($n: Int) {{ customer(by: {{email: "{EMAIL}"}}) {{ lastVisits(first: $n) {{ at }} }} }}'
    assert len((await story.ask(unset))["customer"]["lastVisits"]) == 3
    code, message = await story.refused(unset, n=11)
    assert (code, "1 to 10" in message) == ("INVALID_INPUT", True)


async def test_an_order_tells_its_lines_and_refunds(story: Story) -> None:
    selection = """transactions(last: 2) { edges { node { id orderId status at channel terminal points
      total { amount currency } refunded { amount }
      lines { position productCode name category quantity amount { amount } } } } }"""
    edges = (await ann(story, selection))["transactions"]["edges"]
    second, first = (edge["node"] for edge in edges)
    assert (first["orderId"], first["terminal"], first["at"]) == ("o-1", "t-3", "2026-03-02T12:00:00+01:00")
    assert [list(line.values())[:5] for line in first["lines"]] == [
        [1, "p-1", "Lasagne", "mains", "2"],
        [2, "p-2", "Water", None, "1"],
    ]
    assert (second["channel"], second["refunded"], second["points"]) == ("TAKEAWAY", {"amount": "4.00"}, 6)
    node = "query($id: ID!) { node(id: $id) { id ... on Transaction { orderId status lines { name } } } }"
    again = (await story.ask(node, id=first["id"]))["node"]
    assert (again["id"], again["orderId"], len(again["lines"])) == (first["id"], "o-1", 2)


async def test_the_ledger_sums_to_the_balance(story: Story) -> None:
    selection = """loyaltyBalance { points byBrand { brand { name } points }
      entries(first: 100) { edges { node { kind points reason brand { code } } } } } transactions { edges { node
      { points } } }"""
    found = await ann(story, selection)
    balance = found["loyaltyBalance"]
    entries = [edge["node"] for edge in balance["entries"]["edges"]]
    assert balance["points"] == sum(entry["points"] for entry in entries) == 20 + 6 + 30 + 12 + 0 + 40
    assert balance["points"] == sum(edge["node"]["points"] for edge in found["transactions"]["edges"])
    assert [(row["brand"]["name"], row["points"]) for row in balance["byBrand"]] == [
        ("Burger Yard", 18),
        ("Pasta Bar", 90),
    ]
    refunds = [(entry["points"], entry["reason"]) for entry in entries if entry["kind"] == "REFUND"]
    assert refunds == [(-8, "order.refunded"), (-4, "order.refunded")]


async def test_rfm_and_spend(story: Story) -> None:
    selection = """tier joinedAt lifetimeSpend { amount currency } rfm { lastVisitAt daysSinceLastVisit visits
      visitsPerMonth preferredChannel averageTicket { amount } }"""
    found = await ann(story, selection)
    assert (found["tier"], found["joinedAt"]) == ("member", "2026-03-01")
    assert found["lifetimeSpend"] == [{"amount": "108.50", "currency": "USD"}]
    assert found["rfm"]["daysSinceLastVisit"] == 11
    assert (found["rfm"]["visits"], found["rfm"]["visitsPerMonth"]) == (6, 6.0)
    assert (found["rfm"]["preferredChannel"], found["rfm"]["averageTicket"]) == ("DINE_IN", {"amount": "18.08"})


PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
  customer(by: {email: "ann.smith@example.org"}) {
    transactions(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { orderId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


async def page(story: Story, **arguments: Any) -> tuple[list[str], dict[str, Any]]:
    found = (await story.ask(PAGE, **arguments))["customer"]["transactions"]
    return [edge["node"]["orderId"] for edge in found["edges"]], found["pageInfo"]


async def test_pages_both_ways_stay_true_while_orders_arrive(story: Story) -> None:
    newest, info = await page(story, first=3)
    assert (newest, info["hasNextPage"], info["hasPreviousPage"]) == (["o-7", "o-6", "o-5"], True, False)
    oldest, from_the_end = await page(story, last=3)
    assert (oldest, from_the_end["hasNextPage"], from_the_end["hasPreviousPage"]) == (
        ["o-3", "o-2", "o-1"],
        False,
        True,
    )
    await story.take(order("30T12:00", "o-new", "pasta", "1.00", ANN_AT_TILL))
    rest, info_of_rest = await page(story, first=3, after=info["endCursor"])
    assert rest == ["o-4", "o-3", "o-2"]
    assert (await page(story, last=3, before=info_of_rest["startCursor"]))[0] == newest
    back, at_front = await page(story, last=10, before=from_the_end["startCursor"])
    assert (back, at_front["hasPreviousPage"]) == (["o-new", "o-7", "o-6", "o-5", "o-4"], False)


@pytest.mark.parametrize(
    "arguments",
    [
        {"first": 1, "last": 1},
        {"first": 0},
        {"last": 101},
        {"first": 1, "before": "x"},
        {"last": 1, "after": "x"},
        {"first": 1, "after": "no cursor"},
        {"first": 1, "after": "WyJvIiwieCJd"},
        {"first": 1, "after": "WzEwMDAwMDAwMDAwMDAwMDAwMDAsIngiXQ"[:-1]},
    ],
)
async def test_wrong_pages_are_refused(story: Story, arguments: dict[str, Any]) -> None:
    assert (await story.refused(PAGE, **arguments))[0] == "INVALID_INPUT"
