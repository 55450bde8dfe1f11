"""Pictures of the graph: who stands around a customer, bounded, and masked without the scope."""

from __future__ import annotations

import orjson
import pytest

from resolvers.access.caller import ALL_SCOPES, PII_READ
from tests.kit.story import PRIVATE, Story
from tests.resolvers.identity.test_why import WEB, by_number, cases

__all__ = ["cases"]
PICTURE = """query($c: IdentityBy!, $n: Int! = 50) { identityNeighbourhood(customer: $c, records: $n) { truncated
  nodes { id kind label detail } edges { fromId toId kind detail } } }"""


@pytest.mark.neo4j
async def test_the_picture_of_a_guest_who_shares_a_phone(cases: Story) -> None:
    bob = by_number(await cases.number(card="B-55501"))
    found = (await cases.ask(PICTURE, c=bob))["identityNeighbourhood"]
    kinds = [node["kind"] for node in found["nodes"]]
    assert kinds[0] == "CUSTOMER"
    assert (kinds.count("RECORD"), kinds.count("IDENTIFIER"), kinds.count("CUSTOMER")) == (1, 2, 3)
    apart = [edge["detail"] for edge in found["edges"] if edge["kind"] == "KEPT_APART"]
    assert sorted(detail.partition(":")[0] for detail in apart) == ["AMBIGUOUS", "GIVEN_NAMES_DIFFER"]
    ids = {node["id"] for node in found["nodes"]}
    assert {end for edge in found["edges"] for end in (edge["fromId"], edge["toId"])} <= ids
    assert not found["truncated"]
    assert (await cases.ask(PICTURE, c=WEB, n=1))["identityNeighbourhood"]["truncated"]
    assert (await cases.refused(PICTURE, c=WEB, n=101))[0] == "INVALID_INPUT"
    found = await cases.ask(PICTURE, c=WEB, scopes=ALL_SCOPES - {PII_READ})
    assert not [private for private in PRIVATE if private in orjson.dumps(found).decode()]
