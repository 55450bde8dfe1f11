"""The golden record as a caller sees it: what survived, by which rule, and what did not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.errors import SetupError
from domain.settings import Settings
from matching.survivorship import Rule, default
from resolvers.access.caller import IDENTITY_READ, PROFILE_READ
from runtime.service import survivorship_of
from tests.kit.story import Story, event, person

pytestmark = pytest.mark.neo4j

GOLDEN = """{ customer(by: {email: "erin@example.org"}) {
  goldenRecord { field value source recordId at rule otherValues rejected { value source recordId at } }
  linkedIdentities { recordId source } } }"""


async def told(story: Story) -> None:
    for number, (source, family) in enumerate((("crm", "Doyle"), ("web", "Doyle-Byrne"), ("till", "doyle"))):
        who = person("Erin", family, id_=f"erin-{number}", email="erin@example.org")
        await story.take(event("identify", source, f"1{number}T10:00", subject=who))


async def test_what_survived_and_what_did_not(story: Story) -> None:
    await told(story)
    found = (await story.ask(GOLDEN))["customer"]
    golden = {row["field"]: row for row in found["goldenRecord"]}
    record_of = {row["source"]: row["recordId"] for row in found["linkedIdentities"]}
    family = golden["family_name"]
    assert (family["value"], family["source"], family["rule"]) == ("doyle", "till", "newest")
    assert family["recordId"] == record_of["till"]
    assert family["otherValues"] == 1  # Doyle and doyle are one
    assert [(other["value"], other["source"], other["recordId"]) for other in family["rejected"]] == [
        ("Doyle-Byrne", "web", record_of["web"])
    ]
    assert family["at"].startswith("2026-03-12")
    assert family["rejected"][0]["at"].startswith("2026-03-11")
    assert (golden["given_name"]["rule"], golden["given_name"]["rejected"]) == ("only value", [])
    masked = json.dumps(await story.ask(GOLDEN, scopes=frozenset({PROFILE_READ, IDENTITY_READ})))
    assert "oyle" not in masked
    assert "Erin" not in masked


def test_the_rules_come_from_the_configured_file(tmp_path: Path) -> None:
    file = tmp_path / "golden.yaml"
    file.write_text("default: [longest]", "utf-8")
    assert survivorship_of(Settings(golden_config=file)).default == (Rule.LONGEST,)  # pyright: ignore[reportCallIssue]
    assert survivorship_of(Settings()) is default()  # pyright: ignore[reportCallIssue]
    with pytest.raises(SetupError, match="cannot be read") as caught:
        survivorship_of(Settings(golden_config=tmp_path / "none.yaml"))  # pyright: ignore[reportCallIssue]
    assert caught.value.hint == "Check REGULARS_GOLDEN_CONFIG."


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


async def test_how_complete_each_source_is(story: Story) -> None:
    await story.take(
        event("identify", "club", "18T10:00", subject=person("Odd", "Lie", id_="odd", email="odd@lie.example")),
        event("identify", "club", "18T11:00", subject=person("Eva", id_="eva", phone="+12125550155")),
    )
    document = "{ completeness { source records fields { field records share } } }"
    rows = (await story.ask(document))["completeness"]
    assert rows[0]["source"] is None
    assert rows[0]["records"] == sum(row["records"] for row in rows[1:])
    [club] = [row for row in rows if row["source"] == "club"]
    assert club == {
        "source": "club",
        "records": 2,
        "fields": [
            {"field": "email", "records": 1, "share": 0.5},
            {"field": "family_name", "records": 1, "share": 0.5},
            {"field": "given_name", "records": 2, "share": 1.0},
            {"field": "phone", "records": 1, "share": 0.5},
        ],
    }
    assert [row["source"] for row in rows[1:]] == sorted(row["source"] for row in rows[1:])
    assert (await story.refused(document, scopes=frozenset()))[0] == "NOT_ALLOWED"
