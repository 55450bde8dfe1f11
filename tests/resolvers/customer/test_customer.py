"""What a profile tells: contact data by scope, journey, orders, points and why records are one person.

Tests resolvers.customer.customer_name and resolvers.customer.contact too.
"""

from __future__ import annotations

import json

import pytest

from resolvers.access.caller import PROFILE_FIND, PROFILE_READ
from tests.kit.story import EMAIL, PHONE, PRIVATE, Story
from tests.resolvers.customer.asking import CONTACT

pytestmark = pytest.mark.neo4j


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
    answer = await story.ask(CONTACT, scopes=frozenset((PROFILE_READ, PROFILE_FIND)), by={"email": EMAIL})
    found = answer["customer"]
    assert (found["name"], found["givenName"], found["familyName"]) == ("A••• S•••", "A•••", "S•••")
    assert (found["emails"], found["phones"]) == (["a•••@e•••.org"], ["+1 ••• ••42"])
    assert {row["value"] for row in found["identifiers"] + found["goldenRecord"]} == {None}
    assert {row["sourceRecordId"] for row in found["linkedIdentities"]} == {None}
    text = json.dumps(answer, ensure_ascii=False)
    assert [value for value in PRIVATE if value in text] == []
