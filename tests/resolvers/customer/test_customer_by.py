"""`customer` and `customerSearch`: every way to name a person, and what never tells anything.

Tests resolvers.customer.customer_number, resolvers.customer.customer_queries and resolvers.customer.find_customer
too.
"""

from __future__ import annotations

import pytest

from resolvers.access.caller import EVENT_WRITE
from resolvers.access.roles import ROLES
from tests.kit.story import ANONYMOUS, CARD, DEVICE, EMAIL, PHONE, SHARED_PHONE, Story, event, order, person

pytestmark = pytest.mark.neo4j

BY = "query($by: CustomerBy!) { customer(by: $by) { number formerNumbers known } }"
SEARCH = "query($t: String!, $n: Int) { customerSearch(text: $t, first: $n) { edges { node { number } } } }"


async def test_six_ways_name_one_customer(story: Story) -> None:
    number = await story.number(email=EMAIL)
    ways = [
        {"customerNumber": number.lower()},
        {"phone": "(212) 555-0142"},
        {"email": EMAIL.upper()},
        {"card": "reg 4000 7788"},
        {"device": DEVICE},
        {"externalId": {"source": "app", "id": "app-1"}},
    ]
    found = [(await story.ask(BY, by=way))["customer"]["number"] for way in ways]
    assert found == [number] * 6


async def test_a_retired_number_answers_with_the_survivor(story: Story) -> None:
    survivor = (await story.ask(BY, by={"email": EMAIL}))["customer"]
    [retired] = survivor["formerNumbers"]
    assert retired != survivor["number"]
    assert (await story.ask(BY, by={"customerNumber": retired}))["customer"] == survivor


async def test_a_number_answers_after_any_number_of_merges(story: Story) -> None:
    survivor = (await story.ask(BY, by={"email": EMAIL}))["customer"]["number"]
    chain = [f"CUST-0000-0000-{n:04}" for n in range(300)]
    await story.database.run_schema(
        """
        UNWIND range(0, size($chain) - 1) AS n
        CREATE (c:Customer {number: $chain[n], status: 'retired', createdAt: datetime()})
        WITH collect(c) AS chained
        MATCH (survivor:Customer {number: $survivor})
        UNWIND range(0, size(chained) - 1) AS n
        WITH chained[n] AS old, coalesce(chained[n + 1], survivor) AS into
        CREATE (old)-[:MERGED_INTO {at: datetime()}]->(into)
        """,
        chain=chain,
        survivor=survivor,
    )
    found = (await story.ask(BY, by={"customerNumber": chain[0]}))["customer"]
    assert found["number"] == survivor
    assert set(chain) < set(found["formerNumbers"])
    for number in chain:
        await story.database.run_schema("MATCH (c:Customer {number: $number}) DETACH DELETE c", number=number)


async def test_an_identifier_of_several_people_names_none(story: Story) -> None:
    code, message = await story.refused(BY, by={"phone": SHARED_PHONE})
    assert code == "AMBIGUOUS"
    assert "0177" not in message


async def test_the_people_of_a_shared_phone_come_as_a_ranked_list(story: Story) -> None:
    ranked = "query($by: CustomerBy!) { customersBy(by: $by) { number rfm { visits } } }"
    phone = "+12125550188"
    dan = person("Dan", "Brown", phone=phone, loyalty_card="D-55501")
    await story.take(
        order("12T12:00", "dans-first", "pasta", "60.00", dan),
        order("13T12:00", "eves", "burger", "5.00", person("Eve", "Long", phone=phone)),
    )
    for day in (22, 23, 24):
        await story.take(order(f"{day}T12:00", f"shared-{day}", "pasta", "1.00", person(phone=phone)))
    await story.take(order("25T12:00", "dans", "pasta", "1.00", dan))
    dans = await story.number(card="D-55501")
    found = (await story.ask(ranked, by={"phone": phone}))["customersBy"]
    assert found[0] == {"number": dans, "rfm": {"visits": 2}}
    assert [row["rfm"]["visits"] for row in found] == [2, 1, 3], "who has no name comes last, however often"
    assert (await story.ask(ranked, by={"customerNumber": dans}))["customersBy"] == found[:1]
    assert (await story.ask(ranked, by={"phone": "+12125550199"}))["customersBy"] == []


@pytest.mark.parametrize(
    "by",
    [
        {"customerNumber": "CUST-0000-0000-0000"},
        {"customerNumber": "no number at all"},
        {"phone": "+12125550199"},
        {"email": "nobody.here@example.org"},
        {"card": "REG-0"},
        {"device": "another"},
        {"externalId": {"source": "till", "id": "app-1"}},
    ],
)
async def test_who_is_unknown_is_null(story: Story, by: dict[str, object]) -> None:
    assert await story.ask(BY, by=by) == {"customer": None}


@pytest.mark.parametrize("by", [{"phone": "0142"}, {"email": "ann.smith"}, {"card": "- -"}])
async def test_a_wrong_value_is_not_repeated(story: Story, by: dict[str, str]) -> None:
    code, message = await story.refused(BY, by=by)
    assert code == "INVALID_INPUT"
    assert not any(value in message for value in by.values())


async def test_a_browser_is_found_and_is_nobody(story: Story) -> None:
    assert (await story.ask(BY, by={"device": ANONYMOUS}))["customer"]["known"] is False


@pytest.mark.parametrize("text", [PHONE, EMAIL, CARD, DEVICE, "Ann Smith", "smith ANN"])
async def test_search_takes_what_a_clerk_types(story: Story, text: str) -> None:
    number = await story.number(email=EMAIL)
    edges = (await story.ask(SEARCH, t=text))["customerSearch"]["edges"]
    assert [edge["node"]["number"] for edge in edges] == [number]


PARTS = ["Smith", "SMITH", "0142", "7788", "…0142", "web-1", "app-1", "o-3"]


@pytest.mark.parametrize("text", PARTS)
async def test_an_agent_searches_by_a_part(story: Story, text: str) -> None:
    number = await story.number(email=EMAIL)
    edges = (await story.ask(SEARCH, t=text))["customerSearch"]["edges"]
    assert [edge["node"]["number"] for edge in edges] == [number]


@pytest.mark.parametrize("text", PARTS)
async def test_a_till_finds_nobody_by_a_part(story: Story, text: str) -> None:
    assert (await story.ask(SEARCH, scopes=ROLES["till"].scopes, t=text))["customerSearch"]["edges"] == []


@pytest.mark.parametrize("text", ["Ann", "142", "00142", "mith", "o-", "4000", ""])
async def test_other_parts_find_nobody(story: Story, text: str) -> None:
    if text:
        assert (await story.ask(SEARCH, t=text))["customerSearch"]["edges"] == []


async def test_a_long_family_name_is_found_by_its_first_and_last_word(story: Story) -> None:
    await story.take(event("identify", "web", "25T10:00", subject=person("Pia", "García-Berg Núñez", id_="long-1")))
    for text in ("garcia", "NUNEZ", "Garcia Berg Nunez"):
        [edge] = (await story.ask(SEARCH, t=text))["customerSearch"]["edges"]
        assert edge["node"]["number"].startswith("CUST-")
    assert (await story.ask(SEARCH, t="Berg"))["customerSearch"]["edges"] == []


async def test_search_lists_the_latest_guest_first_in_pages(story: Story) -> None:
    document = """query($first: Int, $after: String, $last: Int, $before: String) {
      customerSearch(text: "+12125550177", first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""

    async def page(**arguments: object) -> tuple[list[str], dict[str, object]]:
        found = (await story.ask(document, **arguments))["customerSearch"]
        return [edge["node"]["name"] for edge in found["edges"]], found["pageInfo"]

    both, info = await page(first=2)
    assert (both, info["hasNextPage"]) == (["Carla Diaz", "Bob Jones"], False)
    first, info = await page(first=1)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (["Carla Diaz"], True, False)
    second, info = await page(first=1, after=info["endCursor"])
    assert (second, info["hasNextPage"], info["hasPreviousPage"]) == (["Bob Jones"], False, True)
    assert (await page(last=1, before=info["endCursor"]))[0] == ["Carla Diaz"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"t": " "}, "1 to 200"),
        ({"t": "x" * 201}, "1 to 200"),
        ({"t": "x", "n": 0}, "1 to 100"),
        ({"t": "x", "n": 101}, "1 to 100"),
    ],
)
async def test_search_is_bounded(story: Story, arguments: dict[str, object], words: str) -> None:
    code, message = await story.refused(SEARCH, **arguments)
    assert (code, words in message) == ("INVALID_INPUT", True)


@pytest.mark.parametrize(
    "document",
    [
        '{ customer(by: {card: "REG-0"}) { number } }',
        '{ customerSearch(text: "x") { edges { cursor } } }',
        "{ segments { name } }",
        '{ segment(id: "U2VnbWVudDp4") { name } }',
        '{ node(id: "Q3VzdG9tZXI6eA") { id } }',
    ],
)
async def test_reading_needs_its_scope(story: Story, document: str) -> None:
    assert (await story.refused(document, scopes=frozenset((EVENT_WRITE,))))[0] == "NOT_ALLOWED"
