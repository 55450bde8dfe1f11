"""Why records are one person, and who was kept apart."""

from __future__ import annotations

import pytest

from tests.kit.story import EMAIL, Story, event, person
from tests.resolvers.customer.asking import CONTACT
from tests.resolvers.identity.deciding import decide, undo

pytestmark = pytest.mark.neo4j


_WHY = """query($by: CustomerBy!) { customer(by: $by) { linkedIdentities { recordId source
  evidence { rule viaType explanation } } } }"""


async def why(story: Story, card: str) -> dict[str, tuple[str, str | None]]:
    """Source → rule and type of the identifier, of a guest by card."""
    rows = (await story.ask(_WHY, by={"card": card}))["customer"]["linkedIdentities"]
    return {row["source"]: (row["evidence"]["rule"], row["evidence"]["viaType"]) for row in rows}


async def test_a_reason_is_the_one_of_today(story: Story) -> None:
    card, mail = "T-40007", "tess@today.example"

    async def identify(source: str, **known: str) -> None:
        await story.take(event("identify", source, "16T10:00", subject=person("Tess", "Today", id_="tess", **known)))

    await identify("web", loyalty_card=card, email=mail)
    assert await why(story, card) == {"web": ("only record", None)}
    await identify("app", email=mail)
    by_mail = {"web": ("same email", "email"), "app": ("same email", "email")}
    assert await why(story, card) == by_mail
    await identify("app", loyalty_card=card)
    by_card = ("same loyalty card", "loyalty_card")
    assert await why(story, card) == {"web": by_card, "app": by_card}
    rows = (await story.ask(_WHY, by={"card": card}))["customer"]["linkedIdentities"]
    matched = await decide(story, f"mustMatch(records: {[row['recordId'] for row in rows]})".replace("'", '"'))
    assert {rule for rule, _ in (await why(story, card)).values()} == {"decided by an agent"}
    await undo(story, matched)
    assert await why(story, card) == {"web": by_card, "app": by_card}
    blocked = await decide(story, f'identifierBlock(identifier: {{type: "loyalty_card", value: "{card}"}})')
    rows = (await story.ask(_WHY, by={"email": mail}))["customer"]["linkedIdentities"]
    assert {row["evidence"]["rule"] for row in rows} == {"same email"}
    await undo(story, blocked)


async def test_why_records_are_one_person(story: Story) -> None:
    found = (await story.ask(CONTACT, by={"email": EMAIL}))["customer"]
    evidence = {row["source"]: row["evidence"] for row in found["linkedIdentities"]}
    assert {evidence["web"]["viaType"], evidence["app"]["viaType"], evidence["till"]["viaType"]} >= {"phone"}
    linked = [row for row in evidence.values() if row["viaType"]]
    assert all(row["viaDisplay"] in row["explanation"] for row in linked)
    carried = {row["type"]: {one["source"] for one in row["carriedBy"]} for row in found["identifiers"]}
    assert carried == {"email": {"web", "app"}, "phone": {"till", "app"}, "device_id": {"web"}, "loyalty_card": {"app"}}
