"""How many queries each operation costs: whatever is selected of people, it is one.

Tests graph.places and resolvers.places too.
"""

from __future__ import annotations

from itertools import count

import pytest

from tests.kit.story import EMAIL, SHARED_PHONE, Story

pytestmark = pytest.mark.neo4j

EVERYTHING = """
fragment Place on Store { id code name city country timezone brand { id code name } }
fragment Paid on Transaction {
  id orderId source status at channel terminal brand { name } store { ...Place } total { amount currency }
  refunded { amount } points lines { position productCode name category quantity amount { amount } } }
fragment Seen on Visit { at brand { name } store { ...Place } channel amount { amount } transaction { ...Paid } }
fragment Whole on Customer {
  id number known tier joinedAt name givenName familyName emails phones formerNumbers
  lifetimeSpend { amount currency }
  rfm { lastVisitAt daysSinceLastVisit visits visitsPerMonth averageTicket { amount } preferredChannel }
  lastVisits { ...Seen }
  loyaltyBalance { points byBrand { brand { name } points }
    entries { edges { cursor node { at points kind reason brand { name } transactionId } }
      pageInfo { hasNextPage } } }
  linkedIdentities { recordId source kind sourceRecordId firstSeen lastSeen
    identifiers { type display value shared blocked firstSeen lastSeen carriedBy { recordId source } }
    evidence { rule since viaType viaDisplay explanation } }
  identifiers { type value carriedBy { source } }
  keptApart { customerNumber rule identifierType detail at }
  journey(first: 2) { edges { cursor node { ...Seen } } pageInfo { endCursor }
    transitions { fromBrand { name } toBrand { name } count medianDays } }
  backwards: journey(last: 2) { edges { node { at } } }
  transactions { edges { cursor node { ...Paid } } pageInfo { hasPreviousPage startCursor } }
  consents { purpose granted at }
  goldenRecord { field value source recordId at rule actor reason rejected { value source recordId at } otherValues }
  household { ...Related } relations { ...Related }
  segments { id name }
  identityHistory { edges { cursor node { kind at fromNumber toNumber recordCount records { source } reason decision
    undone explanation } } pageInfo { hasNextPage } }
}
fragment Related on CustomerRelation {
  customerNumber name kind confidence sameFamily evidence { type display people current } }"""
SAVE = """mutation($name: String!) { segmentSave(input: {name: $name, rule: {visits: {min: 1}}}) {
  segment { id } userErrors { message } } }"""
names = (f"any {number}" for number in count())


async def test_a_profile_is_one_round_trip(story: Story) -> None:
    await story.ask(SAVE, name=next(names))
    assert await story.trips(f'{{ customer(by: {{email: "{EMAIL}"}}) {{ number }} }}') == 1
    assert await story.trips(EVERYTHING + f'{{ customer(by: {{email: "{EMAIL}"}}) {{ ...Whole }} }}') == 1


async def test_so_is_a_page_of_whole_profiles(story: Story) -> None:
    document = f'{{ customerSearch(text: "{SHARED_PHONE}") {{ edges {{ node {{ ...Whole }} }} }} }}'
    assert await story.trips(EVERYTHING + document) == 1


async def test_a_segment_with_count_and_whole_members_is_three(story: Story) -> None:
    identity = (await story.ask(SAVE, name=next(names)))["segmentSave"]["segment"]["id"]
    document = (
        EVERYTHING + "query($id: ID!) { segment(id: $id) { name count members { edges { node { ...Whole } } } } }"
    )
    assert await story.trips(document, id=identity) == 3


async def test_a_list_of_segments_counts_sixteen_at_once(story: Story) -> None:
    for _ in range(18):
        await story.ask(SAVE, name=next(names))
    assert await story.trips("{ segments { name rule } }") == 1
    rows = (await story.ask("{ segments { id } }"))["segments"]
    assert await story.trips("{ segments { count } }") == 1 + -(-len(rows) // 16)


@pytest.mark.parametrize(
    ("document", "trips"),
    [
        ("{ identityChanges(first: 3) { edges { cursor node { kind toNumber } } } }", 1),
        ("{ brands { code name } }", 1),
        ("{ completeness { source records fields { field records share } } }", 1),
        ('{ stores(brand: "pasta") { edges { node { name brand { name } } } } }', 1),
        ('{ node(id: "QnJhbmQ6cGFzdGE") { id ... on Brand { name } } }', 1),
        ('{ node(id: "U3RvcmU6cy0x") { ... on Store { name brand { name } } } }', 1),
        ("{ __typename }", 0),
    ],
)
async def test_reference_data(story: Story, document: str, trips: int) -> None:
    assert await story.trips(document) == trips


STEP = "rule display bits explanation fromRecord { recordId source name customerNumber } toRecord { source }"
SIDES = "left { customerNumber recordCount records { source } } right { customerNumber } summary upToDate"
SCORED = "common { type display standing bits records people explanation } score { bits fields { field bits left } }"
WHY = "query($a: IdentityBy!, $b: IdentityBy!) { identityWhy(a: $a, b: $b) { %s %s path { %s } overruled { rule } } }"
WHY_NOT = """query($a: IdentityBy!, $b: IdentityBy!) { identityWhyNot(a: $a, b: $b) { %s %s path { %s }
  obstacles { rule explanation left { name } } remedies { kind identifierType display explanation } } }"""
HEALTH = """query($a: IdentityBy!) { clusterHealth(customer: $a) { healthy recordCount findings {
  kind explanation bits people display parts { recordCount records { source } } cut { record { source } bits } } } }"""


async def test_a_question_about_identity_is_two_whatever_the_component_holds(story: Story) -> None:
    web, app = ({"externalId": {"source": source, "id": f"{source}-1"}} for source in ("web", "app"))
    other = {"customerNumber": await story.number(card="B-55501")}
    assert await story.trips(WHY % (SIDES, SCORED, STEP), a=web, b=app) == 2
    assert await story.trips(WHY_NOT % (SIDES, SCORED, STEP), a=web, b=other) == 2
    assert await story.trips(HEALTH, a=web) == 2
    picture = (
        "query($a: IdentityBy!) { identityNeighbourhood(customer: $a) { nodes { id kind label } edges { kind } } }"
    )
    assert await story.trips(picture, a=web) == 1
    path = "query($a: IdentityBy!, $b: IdentityBy!) { identityPath(a: $a, b: $b) { summary steps { display } } }"
    assert await story.trips(path, a=web, b=app) == 3, "where they stand, one step, and what to show of it"


async def test_what_is_skipped_is_not_read(story: Story) -> None:
    document = f"""query($no: Boolean!) {{ customer(by: {{email: "{EMAIL}"}}) {{
      ... @skip(if: $no) {{ formerNumbers }} number @include(if: $no) segments @skip(if: $no) {{ name }} }} }}"""
    found = (await story.ask(document, no=True))["customer"]
    assert list(found) == ["number"]
    assert list((await story.ask(document, no=False))["customer"]) == ["formerNumbers", "segments"]
