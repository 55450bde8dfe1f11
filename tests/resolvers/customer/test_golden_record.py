"""The golden record as a caller sees it: what survived, by which rule, and what did not."""

from __future__ import annotations

import json

import pytest

from resolvers.access.caller import IDENTITY_READ, PROFILE_FIND, PROFILE_READ
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
    masked = json.dumps(await story.ask(GOLDEN, scopes=frozenset({PROFILE_READ, PROFILE_FIND, IDENTITY_READ})))
    assert "oyle" not in masked
    assert "Erin" not in masked
