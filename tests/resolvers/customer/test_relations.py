"""Households as a caller sees them: related, never merged, and true of what is there at the moment."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from resolvers.access.caller import IDENTITY_READ, PROFILE_READ
from tests.kit.story import Event, Story, event, person

pytestmark = pytest.mark.neo4j

LETTERS = str.maketrans("0123456789", "ghijklmnop")
HOME = {"line1": "7 Oak Avenue", "city": "New York", "postcode": "10001", "country": "US"}
DOCUMENT = """query($n: String!) { customer(by: {customerNumber: $n}) {
  household { ...One } relations { ...One } } }
fragment One on CustomerRelation {
  customerNumber name kind confidence sameFamily evidence { type display people current } }"""


def lives(given: str, family: str, id_: str, address: Event | None = None, **identifiers: str) -> Event:
    who = person(given, family, id_=id_, **identifiers)
    if address:
        who["traits"]["address"] = address
    return event("identify", "crm", "16T10:00", subject=who)


async def asked(story: Story, number: str, **options: Any) -> Any:
    return (await story.ask(DOCUMENT, n=number, **options))["customer"]


async def test_who_lives_with_whom(story: Story) -> None:
    other_spelling = HOME | {"line1": "7 OAK AVE."}
    await story.take(
        lives("Gus", "Holm", "gus", HOME, email="gus@example.org"),
        lives("Hedda", "Holm", "hedda", other_spelling, email="hedda@example.org"),
        lives("Ivo", "Strand", "ivo", HOME, email="ivo@example.org"),
        lives("Jan", "Holm", "jan", HOME | {"line2": "Apt 9"}, email="jan@example.org"),
    )
    gus, hedda, ivo = [await story.number(email=f"{name}@example.org") for name in ("gus", "hedda", "ivo")]
    found = await asked(story, gus)
    [one] = found["household"]
    assert one == {
        "customerNumber": hedda,
        "name": "Hedda Holm",
        "kind": "HOUSEHOLD",
        "confidence": one["confidence"],
        "sameFamily": True,
        "evidence": [{"type": "address", "display": None, "people": 3, "current": True}],
    }
    assert one["confidence"] > 0.8
    assert [(row["customerNumber"], row["kind"]) for row in found["relations"]] == [
        (hedda, "HOUSEHOLD"),
        (ivo, "CONTACT"),
    ]
    [back] = (await asked(story, hedda))["household"]
    assert (back["customerNumber"], back["confidence"]) == (gus, one["confidence"])
    [masked] = (await asked(story, gus, scopes=frozenset({PROFILE_READ, IDENTITY_READ})))["household"]
    assert masked["name"] == "H••• H•••"


async def test_it_follows_what_the_records_say(story: Story) -> None:
    home = HOME | {"line1": "9 Birch Road"}
    await story.take(
        lives("Kim", "Falk", "kim", home, email="kim@example.org", phone="+12125550191"),
        lives("Liv", "Falk", "liv", home, email="liv@example.org", phone="+12125550191"),
    )
    kim, liv = [await story.number(email=f"{name}@example.org") for name in ("kim", "liv")]
    assert kim != liv
    [one] = (await asked(story, kim))["household"]
    assert [thing["type"] for thing in one["evidence"]] == ["address", "phone"]
    moved = lives("Liv", "Falk", "liv", HOME | {"line1": "500 Far Lane"}, email="liv@example.org")
    await story.take(moved | {"at": "2026-03-20T10:00:00+01:00"})
    [one] = (await asked(story, kim))["household"]  # the phone is still the family's
    assert [thing["type"] for thing in one["evidence"]] == ["phone"]
    # They turn out to be one person: nobody is related to himself.
    await story.take(
        lives("Kim", "Falk", "kim", home, loyalty_card="K-1000200"),
        lives("Liv", "Falk", "liv", None, loyalty_card="K-1000200"),
    )
    assert await story.number(email="kim@example.org") == await story.number(email="liv@example.org")
    assert (await asked(story, kim))["relations"] == []


async def test_a_crowd_relates_nobody(story: Story) -> None:
    office = HOME | {"line1": "1 Office Tower"}
    names = [sha256(b"%d" % n).hexdigest()[:12].translate(LETTERS) for n in range(101)]
    await story.take(
        *(lives(name, name[::-1], f"mia-{n}", office, email=f"mia{n}@example.org") for n, name in enumerate(names))
    )
    number = await story.number(email="mia7@example.org")
    assert (await asked(story, number))["relations"] == []
    assert await story.trips(DOCUMENT, n=number) == 1
