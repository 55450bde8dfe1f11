"""Pages that cannot be are refused."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type

from privacy.audit_log import AuditLog, Entry
from resolvers.schema import make_schema
from tests.kit.story import EMAIL, SHARED_PHONE, Story, order, person
from tests.resolvers.identity.deciding import decide

pytestmark = pytest.mark.neo4j


PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
  customer(by: {email: "ann.smith@example.org"}) {
    transactions(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { orderId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


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


SCHEMA = make_schema()._schema
CONNECTIONS = {
    f"{type_.name}.{name}": field
    for type_ in SCHEMA.type_map.values()
    if isinstance(type_, GraphQLObjectType)
    for name, field in type_.fields.items()
    if get_named_type(field.type).name.endswith("Connection")
}


@pytest.mark.parametrize("name", sorted(CONNECTIONS))
def test_every_connection_pages_both_ways_and_its_nodes_are_found_by_their_id(name: str) -> None:
    field = CONNECTIONS[name]
    assert {"first", "after", "last", "before"} <= field.args.keys()
    edge = get_named_type(get_named_type(field.type).fields["edges"].type)
    node = get_named_type(edge.fields["node"].type)
    assert ("id" in node.fields) is ("Node" in {interface.name for interface in node.interfaces})


LISTS = {
    "decisions": "id",
    "identityChanges": "kind toNumber records",
    "auditLog": "id",
    "reviewQueue": "id",
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_read_backwards_is_the_same_list(story: Story, name: str) -> None:
    customer = await story.number(email=EMAIL)
    await story.take(order("22T12:00", "o-20", "pasta", "7.00", person(phone=SHARED_PHONE)))
    for place in range(3):
        call = "customerLock" if place % 2 == 0 else "customerUnlock"
        await decide(story, f'{call}(customer: "{customer}")')
        entry = Entry("2026-03-01T00:00:00+00:00", "test", "service", "write", (f"test {place}",))
        await AuditLog(story.database, story.vault).add(entry)
    await decide(story, f'customerUnlock(customer: "{customer}")')
    document = f"""query($first: Int, $after: String, $last: Int, $before: String) {{
      list: {name}(first: $first, after: $after, last: $last, before: $before) {{
        edges {{ cursor node {{ {LISTS[name]} }} }}
        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""
    for size in (1, 2, 100):
        forward, backward = list[Any](), list[Any]()
        page: dict[str, Any] = {"pageInfo": {"hasNextPage": True, "hasPreviousPage": True}}
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"].get("endCursor")
            page = (await story.ask(document, first=size, after=after))["list"]
            forward += page["edges"]
        page = {"pageInfo": {"hasPreviousPage": True}}
        while page["pageInfo"]["hasPreviousPage"]:
            before = page["pageInfo"].get("startCursor")
            page = (await story.ask(document, last=size, before=before))["list"]
            backward = page["edges"] + backward
        assert backward == forward
        assert len(forward) >= 2
