"""Guests change their own profile: it shows, and proves nothing to others.

Tests resolvers.privacy.own_events too.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from graph.local import Running
from ingest.delivery import EventSink
from ingest.intake import open_intake
from resolvers.access.caller import Caller, CallerKind, Own
from resolvers.access.roles import ROLES
from resolvers.context import Context
from tests.kit.story import EMAIL, NOW, PHONE, Story, event, order, person, told

pytestmark = pytest.mark.neo4j

SET = """mutation($p: MyProfileInput!, $id: ID) { myProfileSet(profile: $p, requestId: $id) {
  me { number name emails phones goldenRecord { field value rule } } userErrors { code field message } } }"""
BY = "query($by: CustomerBy!) { customer(by: $by) { number name emails phones linkedIdentities { source } } }"
GOLDEN = """mutation($n: String!, $f: String!, $v: JSON!) {
  goldenFieldSet(customer: $n, field: $f, value: $v, reason: "she called") {
    field { field value } userErrors { message } } }"""
_later = count(1)


@dataclass
class Guests:
    story: Story
    sink: EventSink

    async def run(self, subject: str, document: str, **variables: Any) -> Any:
        caller = Caller(
            f"guest/{subject}",
            ROLES["guest"].scopes,
            CallerKind.GUEST,
            brands=frozenset(("pasta",)),
            sources=frozenset(),
            subject=self.story.reader.record_key("app", subject),
            own=Own("app", subject, "pasta"),
        )
        now = NOW - timedelta(hours=12) + timedelta(seconds=next(_later))
        context = Context(self.story.parts, self.story.settings, caller, now=now, sink=self.sink)
        result = await self.story.schema.execute(document, variable_values=variables, context_value=context)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    async def set(self, subject: str, id: str | None = None, **profile: Any) -> Any:
        return (await self.run(subject, SET, p=profile, id=id))["myProfileSet"]


@pytest.fixture(scope="module")
async def guests(neo4j_server: Running) -> AsyncGenerator[Guests]:
    async with told(neo4j_server) as story, open_intake(story.committer, story.reader, story.settings) as intake:
        yield Guests(story, intake)


async def signed_up(guests: Guests, id_: str, given: str, family: str, **more: Any) -> None:
    who = person(given, family, id_=id_, **more)
    await guests.story.take(event("identify", "app", "10T10:00", subject=who, brand="pasta"))


async def test_what_a_guest_changes_shows(guests: Guests) -> None:
    await signed_up(guests, "ines-1", "Ines", "Quast", email="ines@quast.example")
    answer = await guests.set(
        "ines-1",
        givenName="Inés",
        familyName="Quast-Roy",
        birthDate="1988-02-29",
        language="es",
        email="New.Ines@quast.example",
        phone="(212) 555-0195",
    )
    assert answer["userErrors"] == []
    me = answer["me"]
    assert (me["name"], me["emails"], me["phones"]) == (
        "Inés Quast-Roy",
        ["new.ines@quast.example", "ines@quast.example"],
        ["+12125550195"],
    )
    golden = {field["field"]: field["value"] for field in me["goldenRecord"]}
    assert (golden["birth_date"], golden["language"]) == ("1988-02-29", "es")
    # What is left out stays.
    again = (await guests.set("ines-1", givenName="Ina"))["me"]
    assert (again["name"], again["emails"][0]) == ("Ina Quast-Roy", "new.ines@quast.example")


async def test_a_guest_becomes_nobody_else_by_what_they_say(guests: Guests) -> None:
    ann = await guests.story.number(email=EMAIL)
    await signed_up(guests, "mallory-1", "", "")
    answer = await guests.set(
        "mallory-1", givenName="Ann", familyName="Smith", birthDate="1980-01-02", email=EMAIL, phone=PHONE
    )
    assert answer["me"]["number"] != ann
    assert answer["me"]["emails"] == [EMAIL]
    # A till that asks by phone finds Ann alone, and a new order is hers.
    assert (await guests.story.ask(BY, by={"phone": PHONE}))["customer"]["number"] == ann
    await guests.story.take(order("28T12:00", "own-1", "pasta", "5.00", person(phone=PHONE)))
    assert (await guests.story.ask(BY, by={"phone": PHONE}))["customer"]["number"] == ann
    assert (await guests.set("mallory-1", language="en"))["me"]["number"] != ann


async def test_the_source_may_correct_it_later_and_not_with_something_older(guests: Guests) -> None:
    await signed_up(guests, "olga-1", "Olga", "Thun", phone="+12125550196")
    await guests.set("olga-1", givenName="Olja")
    await signed_up(guests, "olga-1", "Ol", "Thun")  # of the tenth of March, and late
    assert (await guests.story.ask(BY, by={"phone": "+12125550196"}))["customer"]["name"] == "Olja Thun"
    later = person("Olga", "Thun", id_="olga-1") | {}
    await guests.story.take(event("identify", "app", "31T23:59", subject=later, brand="pasta"))
    assert (await guests.story.ask(BY, by={"phone": "+12125550196"}))["customer"]["name"] == "Olga Thun"


async def test_sent_again_it_does_nothing_more(guests: Guests) -> None:
    await signed_up(guests, "pavel-1", "Pavel", "Urban")
    assert (await guests.set("pavel-1", "r-1", givenName="Pawel"))["me"]["name"] == "Pawel Urban"
    assert (await guests.set("pavel-1", "r-2", givenName="Paul"))["me"]["name"] == "Paul Urban"
    assert (await guests.set("pavel-1", "r-1", givenName="Pawel"))["me"]["name"] == "Paul Urban"


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({}, ["profile"]),
        ({"email": "no mail"}, ["profile", "email"]),
        ({"phone": "12"}, ["profile", "phone"]),
        ({"birthDate": "yesterday"}, ["profile", "birthDate"]),
        ({"givenName": " "}, ["profile", "givenName"]),
        ({"familyName": "x" * 201}, ["profile", "familyName"]),
    ],
)
async def test_what_cannot_be_is_said_with_its_place(guests: Guests, profile: dict[str, str], field: list[str]) -> None:
    answer = await guests.set("ines-1", **profile)
    [error] = answer["userErrors"]
    assert (answer["me"], error["code"], error["field"]) == (None, "INVALID_INPUT", field)
    assert "no mail" not in error["message"]


async def test_an_agent_corrects_an_email_and_a_phone(guests: Guests) -> None:
    await signed_up(guests, "rita-1", "Rita", "Vogel", email="rtia@vogel.example", phone="+12125550197")
    number = await guests.story.number(phone="+12125550197")
    await guests.set("rita-1", email="guess@vogel.example")
    for field, value in (("email", "Rita@vogel.example"), ("phone", "212 555 0198")):
        said = (await guests.story.ask(GOLDEN, n=number, f=field, v=value))["goldenFieldSet"]
        assert said["userErrors"] == []
    found = (await guests.story.ask(BY, by={"customerNumber": number}))["customer"]
    assert (found["emails"][0], found["phones"][0]) == ("rita@vogel.example", "+12125550198")
    masked = await guests.story.ask(BY, scopes=ROLES["till"].scopes, by={"customerNumber": number})
    assert "rita@" not in str(masked)
    assert masked["customer"]["emails"][0] == "r•••@v•••.example"
    [error] = (await guests.story.ask(GOLDEN, n=number, f="phone", v="12"))["goldenFieldSet"]["userErrors"]
    assert "12" not in error["message"]
