"""customer(asOf:) shows which records stood together at a moment, and which number they answered to.

Tests identity.computed_profile too.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.kit.story import EMAIL, PHONE, Story, event, person

pytestmark = pytest.mark.neo4j

AT = """query($by: CustomerBy!, $t: DateTime) { customer(by: $by, asOf: $t) { number name emails phones
  lifetimeSpend { amount } loyaltyBalance { points } linkedIdentities { source evidence { rule } }
  transactions { edges { node { orderId } } } } }"""


def moment() -> str:
    return datetime.now(UTC).isoformat()


async def test_before_a_merge_two_after_it_one_and_after_the_split_two_again(story: Story) -> None:
    await story.take(
        event("identify", "crm", "20T10:00", subject=person("Eve", "Moss", id_="e-1", email="e1@moss.org"))
    )
    await story.take(
        event("identify", "pos", "20T10:00", subject=person("Eve", "Moss", id_="e-2", email="e2@moss.org"))
    )
    apart = moment()
    one, other = await story.number(email="e1@moss.org"), await story.number(email="e2@moss.org")
    both = person("Eve", "Moss", id_="e-3", email="e1@moss.org", phone="+12125550195")
    await story.take(event("identify", "app", "21T10:00", subject=both))
    await story.take(event("identify", "pos", "21T10:00", subject=person(id_="e-2", phone="+12125550195")))
    merged = moment()
    assert await story.number(email="e2@moss.org") == one
    await story.take(event("identify", "pos", "22T10:00", subject=person("Theodora", "Moss", id_="e-2")))
    again = moment()

    async def believed(by: str, at: str | None) -> tuple[str, list[str]] | None:
        found = (await story.ask(AT, by={"customerNumber": by}, t=at))["customer"]
        return found and (found["number"], sorted(record["source"] for record in found["linkedIdentities"]))

    assert await believed(one, apart) == (one, ["crm"])
    assert await believed(other, apart) == (other, ["pos"])
    assert await believed(one, merged) == (one, ["app", "crm", "pos"])
    assert await believed(one, again) == (one, ["app", "crm"]) == await believed(one, None)
    assert await believed(other, again) == (other, ["pos"]) == await believed(other, None)
    assert await believed(one, "2020-01-01T00:00:00Z") is None
    by_mail = {"email": "e2@moss.org"}
    assert (await story.ask(AT, by=by_mail, t=merged))["customer"]["number"] == one
    assert (await story.ask(AT, by=by_mail, t=apart))["customer"]["number"] == other


async def test_as_of_now_is_what_is_shown_now(story: Story) -> None:
    then, now = [(await story.ask(AT, by={"phone": PHONE}, t=at))["customer"] for at in (moment(), None)]
    assert then == now
    assert await story.trips(AT, by={"email": EMAIL}, t=moment()) == 2
    assert (await story.refused(AT, by={"email": EMAIL}, t="2026-03-01"))[0] == "INVALID_INPUT"
