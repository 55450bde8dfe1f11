"""Paths between people: right on the story, and masked without the scope."""

from __future__ import annotations

import orjson
import pytest

from resolvers.access.caller import ALL_SCOPES, PII_READ
from tests.kit.story import CARD, EMAIL, PRIVATE, Story
from tests.resolvers.identity.test_why import APP, WEB, by_number, cases, record

__all__ = ["cases"]
PATH = """query($a: IdentityBy!, $b: IdentityBy!) { identityPath(a: $a, b: $b) { summary complete steps {
  identifierType display links carriers explanation
  fromRecord { source name } toRecord { source customerNumber } } } }"""


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
async def test_a_path_is_masked_without_the_scope(cases: Story) -> None:
    found = await cases.ask(PATH, a=WEB, b=APP, scopes=ALL_SCOPES - {PII_READ})
    assert not [private for private in PRIVATE if private in orjson.dumps(found).decode()]
