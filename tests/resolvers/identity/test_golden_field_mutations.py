"""An agent's value of a golden field holds until it is released."""

from __future__ import annotations

import json

import pytest

from resolvers.access.caller import IDENTITY_READ, PROFILE_READ
from tests.kit.story import Story, event, person

pytestmark = pytest.mark.neo4j


async def told(story: Story) -> None:
    for number, (source, family) in enumerate((("crm", "Doyle"), ("web", "Doyle-Byrne"), ("till", "doyle"))):
        who = person("Erin", family, id_=f"erin-{number}", email="erin@example.org")
        await story.take(event("identify", source, f"1{number}T10:00", subject=who))


SET = """mutation($n: String!, $f: String!, $v: JSON!, $r: String!) {
  goldenFieldSet(customer: $n, field: $f, value: $v, reason: $r) { ...Said } }"""


RELEASE = """mutation($n: String!, $f: String!, $r: String!) {
  goldenFieldRelease(customer: $n, field: $f, reason: $r) { ...Said } }"""


SAID = """fragment Said on GoldenFieldPayload {
  decisionId customerNumber
  field { value source rule actor reason rejected { value source } } userErrors { code message } }"""


async def test_an_agent_knows_better_until_it_is_released(story: Story) -> None:
    await story.take(
        event("identify", "crm", "17T10:00", subject=person("Nils", "Aas", id_="nils", email="n@aas.example"))
    )
    number = await story.number(email="n@aas.example")
    of = {"n": number, "f": "given_name", "r": "passport seen"}
    found = (await story.ask(SET + SAID, **of, v="Niels"))["goldenFieldSet"]
    assert (await story.ask(SET + SAID, **of, v="Niels"))["goldenFieldSet"] == found | {"decisionId": None}
    decision = found.pop("decisionId")
    assert found == {
        "customerNumber": number,
        "field": {
            "value": "Niels",
            "source": "agent",
            "rule": "agent",
            "actor": "test",
            "reason": "passport seen",
            "rejected": [{"value": "Nils", "source": "crm"}],
        },
        "userErrors": [],
    }
    document = "query($n: String!) { customer(by: {customerNumber: $n}) { name goldenRecord { field reason value } } }"
    assert (await story.ask(document, n=number))["customer"]["name"] == "Niels Aas"
    masked = json.dumps(await story.ask(document, n=number, scopes=frozenset({PROFILE_READ, IDENTITY_READ})))
    assert "passport" not in masked
    assert "Niels" not in masked
    log = "{ decisions(first: 1) { edges { node { id kind actor reason field value active parts { rule } } } } }"
    [edge] = (await story.ask(log))["decisions"]["edges"]
    told = {"id": decision, "kind": "SET_FIELD", "actor": "test", "reason": "passport seen"}
    told |= {"field": "given_name", "value": "Niels", "active": True, "parts": [{"rule": "FIELD"}]}
    assert edge["node"] == told
    [edge] = (await story.ask(log, scopes=frozenset({PROFILE_READ, IDENTITY_READ})))["decisions"]["edges"]
    assert edge["node"] == told | {"reason": None, "value": None}
    undo = """mutation($id: ID!) { decisionUndo(id: $id, signature: {reason: "not his"}) {
      decisionId customers { number } userErrors { message } } }"""
    for name in ("Nils Aas", "Niels Aas"):
        undone = (await story.ask(undo, id=decision))["decisionUndo"]
        assert undone["customers"] == [{"number": number}]
        assert (await story.ask(document, n=number))["customer"]["name"] == name
        decision = undone["decisionId"]
    back = (await story.ask(RELEASE + SAID, n=number, f="given_name", r="misread"))["goldenFieldRelease"]
    assert (back["field"]["value"], back["field"]["rule"], back["field"]["actor"]) == ("Nils", "only value", None)
    for change in ({"f": "shoe_size"}, {"r": ""}, {"n": "CUST-0000-0000-0000"}, {"v": ""}):
        refused = (await story.ask(SET + SAID, **({"v": "Niels"} | of | change)))["goldenFieldSet"]
        assert refused["userErrors"], change
        assert refused["field"] is None
    code, _ = await story.refused(SET + SAID, **of, v="Niels", scopes=frozenset({PROFILE_READ}))
    assert code == "NOT_ALLOWED"
