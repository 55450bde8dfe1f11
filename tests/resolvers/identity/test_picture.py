"""Paths and pictures of the graph: right on random graphs, bounded, and telling on the story."""

from __future__ import annotations

import orjson
import pytest

from resolvers.access.caller import ALL_SCOPES, PII_READ
from tests.kit.story import CARD, EMAIL, PRIVATE, Story, person
from tests.resolvers.identity.test_why import APP, WEB, by_number, cases, record

__all__ = ["cases"]
PATH = """query($a: IdentityBy!, $b: IdentityBy!) { identityPath(a: $a, b: $b) { summary complete steps {
  identifierType display links carriers explanation
  fromRecord { source name } toRecord { source customerNumber } } } }"""
PICTURE = """query($c: IdentityBy!, $n: Int! = 50) { identityNeighbourhood(customer: $c, records: $n) { truncated
  nodes { id kind label detail } edges { fromId toId kind detail } } }"""


@pytest.mark.neo4j
async def test_the_path_between_two_records_of_the_story(cases: Story) -> None:
    till = await record(cases, "till", email=EMAIL)
    found = (await cases.ask(PATH, a=till, b=WEB))["identityPath"]
    assert [(s["fromRecord"]["source"], s["toRecord"]["source"], s["links"]) for s in found["steps"]] == [
        ("till", "app", True),
        ("app", "web", True),
    ]
    assert found["summary"] == "2 steps apart: phone +1 ••• ••42, email a•••@e•••.org."
    ada, bruno = ({"externalId": {"source": "crm", "id": f"c-{name}"}} for name in ("Ada", "Bruno"))
    [step] = (await cases.ask(PATH, a=ada, b=bruno))["identityPath"]["steps"]
    assert (step["links"], step["carriers"]) == (False, 7)
    none = (await cases.ask(PATH, a=WEB, b=ada))["identityPath"]
    assert (none["steps"], none["complete"], none["summary"]) == ([], True, "No path connects them.")
    ann = by_number(await cases.number(card=CARD))
    assert len((await cases.ask(PATH, a=WEB, b=ann))["identityPath"]["steps"]) == 1
    assert (await cases.refused(PATH, a=WEB, b=WEB))[0] == "INVALID_INPUT"
    assert (await cases.refused(PATH, a=WEB, b=by_number("CUST-0")))[0] == "NOT_FOUND"


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
    answers = [
        await cases.ask(d, **v, scopes=ALL_SCOPES - {PII_READ})
        for d, v in ((PICTURE, {"c": WEB}), (PATH, {"a": WEB, "b": APP}))
    ]
    text = orjson.dumps(answers).decode()
    assert not [private for private in PRIVATE if private in text]
    assert person("x")
