"""The programme is drafted, previewed and published through the schema, by marketers and nobody else.

`resolvers.loyalty.programme_queries` is tested here too.
"""

from __future__ import annotations

import pytest

from loyalty.earning.bonus_booking import BonusBooking
from loyalty.programme.programmes import Programmes
from resolvers.access.caller import LOYALTY_PROGRAMME, PROFILE_READ
from tests.kit.building import PROGRAMME, parts_of
from tests.kit.story import Story, order, person

pytestmark = pytest.mark.neo4j

RULES = """
points_per_unit: {default: 1}
tiers: [{name: member, from: 0}]
bonuses: [{id: thanks, name: Thanks, points: 7}]
"""
SAVE = """mutation($rules: String!) { saved: loyaltyProgrammeDraftSave(rules: $rules) {
  draft { id rules savedBy } userErrors { code field message } } }"""
PUBLISH = """mutation($draft: ID!, $starts: DateTime) {
  published: loyaltyProgrammePublish(draft: $draft, starts: $starts) {
    programme { version rules publishedBy starts } userErrors { code message } } }"""
PREVIEW = """{ loyaltyProgrammePreview(days: 90) {
  guests orders complete gaining losing rules { brand rule today draft }
  tiers { today draft change guests } } }"""
ENTRIES = """query($card: String!) { customer(by: {card: $card}) { loyaltyBalance { points
  entries(first: 5) { edges { node { points kind account rule programmeVersion reason } } } } } }"""


async def test_a_marketer_drafts_previews_and_publishes(story: Story) -> None:
    scopes = frozenset((LOYALTY_PROGRAMME,))
    saved = (await story.ask(SAVE, scopes=scopes, caller="mia", rules=RULES))["saved"]
    assert (saved["draft"]["savedBy"], saved["userErrors"]) == ("mia", [])
    await story.take(
        order("20T12:00", "bonus-1", "pasta", "30.00", person("Mia", "Moss", loyalty_card="REG-9000")),
    )
    preview = (await story.ask(PREVIEW, scopes=scopes))["loyaltyProgrammePreview"]
    assert {"brand": "pasta", "rule": "thanks", "today": 0, "draft": 35} in preview["rules"]
    assert preview["complete"] is True
    # Bob of the story has silver, and the draft knows one tier only.
    assert {"today": "silver", "draft": "member", "change": "FALLS", "guests": 1} in preview["tiers"]
    variables = {"draft": saved["draft"]["id"], "starts": "2020-01-01T00:00:00Z"}
    refused = (await story.ask(PUBLISH, scopes=scopes, **variables))["published"]
    assert refused["programme"] is None
    assert "keep their points" in refused["userErrors"][0]["message"]
    published = (await story.ask(PUBLISH, scopes=scopes, caller="mia", **variables | {"starts": None}))["published"]
    assert (published["programme"]["version"], published["programme"]["publishedBy"]) == (1, "mia")
    listed = await story.ask("{ loyaltyProgrammes { version } loyaltyProgrammeDraft { id } }", scopes=scopes)
    assert listed == {"loyaltyProgrammes": [{"version": 1}], "loyaltyProgrammeDraft": None}


async def test_wrong_rules_are_named_in_the_answer(story: Story) -> None:
    saved = (await story.ask(SAVE, rules="points_per_unit: 3"))["saved"]
    assert saved["draft"] is None
    assert (saved["userErrors"][0]["code"], saved["userErrors"][0]["field"]) == ("INVALID_INPUT", ["rules"])


async def test_who_may_not_does_not(story: Story) -> None:
    result = await story.result(SAVE, frozenset((PROFILE_READ,)), {"rules": RULES})
    assert "loyalty:programme" in str(result.errors)


async def test_an_entry_names_its_rule_and_version(story: Story) -> None:
    rules = PROGRAMME.model_validate(
        PROGRAMME.model_dump(by_alias=True) | {"bonuses": [{"id": "hi", "name": "Hi", "points": 5}]}
    )
    await story.take(
        order("20T12:00", "bonus-2", "pasta", "30.00", person("Tom", "Tarr", loyalty_card="REG-9001")),
    )
    await story.database.run_schema("MATCH (c:Customer) SET c.bonusesPending = true")
    await BonusBooking(parts_of(story.database, programmes=Programmes(rules))).book_all()
    found = (await story.ask(ENTRIES, card="REG-9001"))["customer"]["loyaltyBalance"]
    entries = [edge["node"] for edge in found["entries"]["edges"]]
    assert found["points"] == 35
    assert {
        "points": 5, "kind": "BONUS", "account": "BONUS", "rule": "hi", "programmeVersion": 0, "reason": "bonus.hi",
    } in entries  # fmt: skip
