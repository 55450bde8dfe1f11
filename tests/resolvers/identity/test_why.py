"""Every identity decision is told on real cases: why, why not, what would join, what is doubtful.

Tests resolvers.identity.cluster_health, resolvers.identity.evidence, resolvers.identity.rehearsal and
resolvers.identity.sentences and resolvers.identity.identity_queries too.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import orjson
import pytest

from graph.local import Running
from resolvers.access.caller import ALL_SCOPES, IDENTITY_READ, PII_READ
from tests.kit.story import (
    ANN_AT_TILL,
    CARD,
    EMAIL,
    PHONE,
    PRIVATE,
    SHARED_PHONE,
    Story,
    event,
    order,
    person,
    told,
)

pytestmark = pytest.mark.neo4j

RECORD = "{ recordId source name customerNumber }"
COMMON = "common { type display standing bits records people explanation }"
PATH = f"path {{ fromRecord {RECORD} toRecord {RECORD} rule identifierType display bits explanation }}"
SIDE = f"{{ customerNumber recordCount records {RECORD} }}"
SCORE = "score { bits prior fields { field level bits left right } }"
WHY = f"""query($a: IdentityBy!, $b: IdentityBy!) {{ identityWhy(a: $a, b: $b) {{ left {SIDE} right {SIDE} summary
  {COMMON} {PATH} {SCORE} overruled {{ rule explanation }} upToDate }} }}"""
WHY_NOT = f"""query($a: IdentityBy!, $b: IdentityBy!) {{ identityWhyNot(a: $a, b: $b) {{
  left {SIDE} right {SIDE} summary {COMMON} {PATH} {SCORE} upToDate
  obstacles {{ rule explanation left {RECORD} right {RECORD} }}
  remedies {{ kind identifierType display explanation }} }} }}"""
HEALTH = f"""query($c: IdentityBy!) {{ clusterHealth(customer: $c) {{ customerNumber healthy recordCount findings {{
  kind explanation bits people identifierType display mends parts {{ recordCount records {RECORD} }}
  against {{ rule explanation }} cut {{ record {RECORD} identifierType display bits }} }} }} }}"""
WEB, APP = ({"externalId": {"source": source, "id": f"{source}-1"}} for source in ("web", "app"))
NAMED, ALICE = ("Alice", "Boris"), "alice@walk.example"
CROWD, COUPLE = "+12125550188", "REG-7000-1122"


@pytest.fixture(scope="module")
async def cases(neo4j_server: Running) -> AsyncGenerator[Story]:
    """The story, a phone that seven people use, and a couple with one card."""
    async with told(neo4j_server) as story:
        names = ("Ada", "Bruno", "Clementine", "Dmitri", "Eleanor", "Ferdinand", "Gwendolyn")
        await story.take(
            *(event("identify", "crm", "16T10:00", subject=person(n, "Ott", id_=f"c-{n}", phone=CROWD)) for n in names),
            order(
                "17T12:00", "o-20", "pasta", "9.00", person("Robert", "Vale", phone="+12125550190", loyalty_card=COUPLE)
            ),
            order("17T13:00", "o-21", "pasta", "9.00", person("Mary", "Vale", loyalty_card=COUPLE)),
            order("18T13:00", "o-22", "pasta", "9.00", person(phone=SHARED_PHONE)),
            *(event("identify", "kiosk", "19T10:00", subject=one) for one in walk_ins()),
            event("identify", "crm", "19T11:00", subject=person("Alice", "Aliceson", id_="alice", email=ALICE)),
        )
        yield story


def walk_ins() -> list[dict[str, Any]]:
    """Two people under one id."""
    alice, boris = (person(given, f"{given}son", id_="WALK-INS", email=f"{given}@walk.example") for given in NAMED)
    alice["traits"]["birthDate"], boris["traits"]["birthDate"] = "1970-05-05", "1990-09-09"
    return [alice, boris]


def by_number(number: str) -> dict[str, Any]:
    return {"customerNumber": number}


async def record(story: Story, source: str, **identifiers: str) -> dict[str, Any]:
    document = "query($n: String!) { customer(by: {customerNumber: $n}) { linkedIdentities { recordId source } } }"
    found = (await story.ask(document, n=await story.number(**identifiers)))["customer"]["linkedIdentities"]
    return {"recordId": next(one["recordId"] for one in found if one["source"] == source)}


async def test_two_records_with_one_email(cases: Story) -> None:
    answer = (await cases.ask(WHY, a=WEB, b=APP))["identityWhy"]
    assert answer["summary"] == "Both carry the same email a•••@e•••.org."
    [common] = answer["common"]
    assert (common["standing"], common["bits"], common["records"], common["people"]) == ("LINKS", 13.0, 2, 1)
    assert [field["field"] for field in answer["score"]["fields"]] == ["given_name", "family_name"]
    assert answer["upToDate"]
    assert answer["overruled"] == []


async def test_two_records_by_way_of_a_third(cases: Story) -> None:
    answer = (await cases.ask(WHY, a=await record(cases, "till", email=EMAIL), b=WEB))["identityWhy"]
    assert answer["common"] == []
    assert [(s["fromRecord"]["source"], s["toRecord"]["source"], s["identifierType"]) for s in answer["path"]] == [
        ("till", "app", "phone"),
        ("app", "web", "email"),
    ]
    assert "another record ties them" in answer["summary"]


async def test_why_a_merged_number_is_part_of_its_customer(cases: Story) -> None:
    number = await cases.number(email=EMAIL)
    document = "query($n: String!) { customer(by: {customerNumber: $n}) { formerNumbers } }"
    [former] = (await cases.ask(document, n=number))["customer"]["formerNumbers"]
    answer = (await cases.ask(WHY, a=by_number(former), b=by_number(number)))["identityWhy"]
    assert (answer["left"]["recordCount"], answer["right"]["recordCount"]) == (1, 2)
    assert answer["summary"] == "Both carry the same phone +1 ••• ••42."


async def test_a_card_overrules_names(cases: Story) -> None:
    mary, robert = await record(cases, "till", card=COUPLE), by_number(await cases.number(phone="+12125550190"))
    answer = (await cases.ask(WHY, a=mary, b=robert))["identityWhy"]
    assert [one["rule"] for one in answer["overruled"]] == ["GIVEN_NAMES_DIFFER"]
    health = (await cases.ask(HEALTH, c=robert))["clusterHealth"]
    assert (health["healthy"], health["recordCount"]) == (False, 2)
    collapse = health["findings"][0]
    assert (collapse["kind"], collapse["mends"], collapse["bits"]) == ("COLLAPSE", True, 17.5)
    assert [part["recordCount"] for part in collapse["parts"]] == [1, 1]
    assert [(cut["identifierType"], cut["record"]["source"]) for cut in collapse["cut"]] == [("loyalty_card", "till")]
    assert (await cases.ask(HEALTH, c=WEB))["clusterHealth"]["healthy"]


async def test_a_phone_that_two_people_share(cases: Story) -> None:
    bob = by_number(await cases.number(card="B-55501"))
    document = "query($t: String!) { customerSearch(text: $t) { edges { node { number name } } } }"
    people = (await cases.ask(document, t=SHARED_PHONE))["customerSearch"]["edges"]
    number = {edge["node"]["name"]: by_number(edge["node"]["number"]) for edge in people}
    carla, nobody = number["Carla Diaz"], number[None]
    answer = (await cases.ask(WHY_NOT, a=bob, b=carla))["identityWhyNot"]
    assert [one["rule"] for one in answer["obstacles"]] == ["GIVEN_NAMES_DIFFER"]
    assert answer["summary"] == "The given names are clearly different: Bob Jones and Carla Diaz."
    assert [one["kind"] for one in answer["remedies"]] == ["MEND_NAME", "AGREE_ON", "AGREE_ON", "DECIDE"]
    held = (await cases.ask(WHY_NOT, a=nobody, b=carla))["identityWhyNot"]
    assert [one["rule"] for one in held["obstacles"]] == ["AMBIGUOUS"]
    assert bob["customerNumber"] in held["summary"]
    assert "email" in {one["identifierType"] for one in held["remedies"]}


async def test_a_phone_that_too_many_use(cases: Story) -> None:
    ada, bruno = ({"externalId": {"source": "crm", "id": f"c-{name}"}} for name in ("Ada", "Bruno"))
    answer = (await cases.ask(WHY_NOT, a=ada, b=bruno))["identityWhyNot"]
    assert [one["rule"] for one in answer["obstacles"]] == [
        "IDENTIFIER_SHARED",
        "BELOW_THRESHOLD",
        "GIVEN_NAMES_DIFFER",
    ]
    [common] = answer["common"]
    assert (common["standing"], common["bits"], common["people"]) == ("SHARED", 0.0, 7)
    [finding] = (await cases.ask(HEALTH, c=ada))["clusterHealth"]["findings"]
    assert (finding["kind"], finding["people"], finding["display"]) == ("OVERUSED", 7, "+1 ••• ••88")


async def test_strangers_have_nothing_in_common(cases: Story) -> None:
    answer = (await cases.ask(WHY_NOT, a=WEB, b=by_number(await cases.number(card="B-55501"))))["identityWhyNot"]
    assert [one["rule"] for one in answer["obstacles"]] == [
        "NOTHING_IN_COMMON",
        "BELOW_THRESHOLD",
        "GIVEN_NAMES_DIFFER",
    ]
    assert (answer["common"], answer["path"]) == ([], [])


async def test_questions_that_make_no_sense_say_so(cases: Story) -> None:
    bob = by_number(await cases.number(card="B-55501"))
    assert (await cases.refused(WHY, a=WEB, b=bob))[1] == "These are two customers."
    assert (await cases.refused(WHY_NOT, a=WEB, b=APP))[1] == "These are one customer."
    assert (await cases.refused(WHY, a=WEB, b=WEB))[1] == "Both are the same."
    assert (await cases.refused(WHY, a=WEB, b=by_number("CUST-0000-0000-0000")))[0] == "NOT_FOUND"
    assert (await cases.refused(HEALTH, c={"recordId": "x"}))[0] == "INVALID_INPUT"
    assert (await cases.refused(HEALTH, c=WEB, scopes=ALL_SCOPES - {IDENTITY_READ}))[0] == "NOT_ALLOWED"


async def test_without_the_scope_nothing_is_told_in_clear(cases: Story) -> None:
    bob = by_number(await cases.number(card="B-55501"))
    robert = by_number(await cases.number(phone="+12125550190"))
    answers = [
        await cases.ask(WHY, a=WEB, b=APP, scopes=ALL_SCOPES - {PII_READ}),
        await cases.ask(WHY_NOT, a=WEB, b=bob, scopes=ALL_SCOPES - {PII_READ}),
        await cases.ask(HEALTH, c=robert, scopes=ALL_SCOPES - {PII_READ}),
    ]
    text = orjson.dumps(answers).decode()
    for private in (*PRIVATE, PHONE, CARD, COUPLE, "Bob", "Jones", "Vale", "Robert", "Mary"):
        assert private not in text
    assert "A••• S•••" in text
    assert ANN_AT_TILL["traits"]["givenName"] in orjson.dumps(await cases.ask(WHY, a=WEB, b=APP)).decode()


async def test_a_record_that_names_several_people_is_nobody_and_is_a_finding(cases: Story) -> None:
    document = """query($by: CustomerBy!) { customer(by: $by) { number known name emails
      linkedIdentities { kind } } }"""
    kiosk = (await cases.ask(document, by={"externalId": {"source": "kiosk", "id": "WALK-INS"}}))["customer"]
    assert kiosk["linkedIdentities"] == [{"kind": "SEVERAL"}]
    assert (kiosk["known"], kiosk["name"], kiosk["emails"]) == (False, None, [])
    [finding] = (await cases.ask(HEALTH, c=by_number(kiosk["number"])))["clusterHealth"]["findings"]
    assert finding["kind"] == "SEVERAL"
    assert "names several people" in finding["explanation"]
    assert [row["source"] for part in finding["parts"] for row in part["records"]] == ["kiosk"]
    alice = (await cases.ask(document, by={"email": ALICE}))["customer"]
    assert (alice["name"], alice["linkedIdentities"]) == ("Alice Aliceson", [{"kind": "KNOWN"}])
    assert (await cases.ask(document, by={"email": "boris@walk.example"}))["customer"] is None
    assert alice["number"] != kiosk["number"]


async def test_as_many_people_use_a_shared_phone_as_use_it_now(cases: Story) -> None:
    ada, bruno = ({"externalId": {"source": "crm", "id": f"c-{name}"}} for name in ("Ada", "Bruno"))
    for name in ("Hector", "Ida"):
        known = person(name, "Ott", id_=f"c-{name}", phone=CROWD)
        await cases.take(event("identify", "crm", "16T11:00", subject=known))
    [common] = (await cases.ask(WHY_NOT, a=ada, b=bruno))["identityWhyNot"]["common"]
    assert (common["standing"], common["people"]) == ("SHARED", 9)
