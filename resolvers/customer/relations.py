"""Who lives with a customer, or shares something with it: relations between people, never merges.

Computed at read time from what the records carry, so that no merge or unmerge can leave one behind.
"""

from __future__ import annotations

from typing import Any

import strawberry

from graph.customers import Profile, ProfilePart
from identity.record_state import home_key
from matching.household import HouseholdPerson, Relation, RelationKind, SharedTie, relation
from resolvers.access.caller import IDENTITY_READ
from resolvers.context import Context
from resolvers.customer.customer_name import whole_name
from resolvers.customer.golden_record import Golden, opened, text_of
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import described
from resolvers.kit.facets import facet

_RELATIONS = ProfilePart.of("relations")
MAX_RELATIONS = 100
"""Relations of a customer, the most confident first."""

described(
    RelationKind,
    "What relates two customers.",
    called="RelationKind",
    HOUSEHOLD="They likely live together.",
    CONTACT="They share something, and more speaks against one household than for it.",
    POSSIBLY_SAME="Nothing tells them apart: perhaps one person whose records have not met.",
)


@strawberry.type(description="A thing that two customers both have.")
class SharedThing:
    type: str = strawberry.field(description="address, phone, email, payment_token or device_id.")
    display: str | None = strawberry.field(description="Masked value; null for an address.")
    people: int = strawberry.field(description="How many customers have it; the more, the less it says.")
    current: bool = strawberry.field(description="False for an address that one of them has left.")


@strawberry.type(description="Another customer that this one is related to, and is never merged with because of it.")
class CustomerRelation:
    customer_number: str = strawberry.field(description="The other customer.")
    name: str | None = strawberry.field(description="The other's name; masked without the scope pii:read.")
    kind: RelationKind = strawberry.field(description="What relates them.")
    confidence: float = strawberry.field(description="Confidence from 0 to 1 that they live in one household.")
    same_family: bool | None = strawberry.field(description="Whether family names agree; null where one is missing.")
    evidence: list[SharedThing] = strawberry.field(description="What they share.")


@strawberry.type
class RelationsFacet(ProfileFacet):
    @facet(
        parts=(_RELATIONS,),
        columns=("number", "sealed"),
        scope=IDENTITY_READ,
        cost=5,
        description="Who likely lives with this person, the most confident first; at most 100.",
    )
    def household(self) -> list[CustomerRelation]:
        return [one for one in _relations(self.profile, self.context) if one.kind is RelationKind.HOUSEHOLD]

    @facet(
        parts=(_RELATIONS,),
        columns=("number", "sealed"),
        scope=IDENTITY_READ,
        cost=5,
        description="Everybody who shares a home, phone, e-mail, payment token or device, by confidence; at most 100.",
    )
    def relations(self) -> list[CustomerRelation]:
        return _relations(self.profile, self.context)


def _relations(profile: Profile, context: Context) -> list[CustomerRelation]:
    """From the rows of `profile/relations`, the most confident first."""
    mine = opened(profile, context)
    me, home = _person(mine), _home(mine, context)
    found: list[CustomerRelation] = []
    for row in profile.parts[_RELATIONS]:
        theirs: Golden = context.vault.open(row["number"], row["sealed"]) if row["sealed"] else {}
        their_home = _home(theirs, context)
        things = [
            SharedTie(
                shared["type"], shared["people"], shared["type"] != "address" or home == their_home == shared["key"]
            )
            for shared in row["shared"]
        ]
        judged = relation(me, _person(theirs), things)
        if judged is not None:
            if context.reveals:
                context.trail.customers.add(row["number"])
            name = whole_name(theirs) if context.reveals else row["nameDisplay"]
            found.append(_relation(row, judged, things, name))
    return sorted(found, key=lambda one: (-one.confidence, one.customer_number))[:MAX_RELATIONS]


def _relation(row: dict[str, Any], judged: Relation, things: list[SharedTie], name: str | None) -> CustomerRelation:
    evidence = [
        SharedThing(type=thing.type, display=shared["display"], people=thing.people, current=thing.current)
        for thing, shared in sorted(zip(things, row["shared"], strict=True), key=lambda pair: (pair[0], pair[1]["key"]))
    ]
    return CustomerRelation(
        customer_number=row["number"],
        name=name or None,
        kind=judged.kind,
        confidence=judged.confidence,
        same_family=judged.family,
        evidence=evidence,
    )


def _person(golden: Golden) -> HouseholdPerson:
    names = ("given_name", "family_name", "suffix", "birth_date")
    return HouseholdPerson(*(text_of(golden, name) or "" for name in names))


def _home(golden: Golden, context: Context) -> str | None:
    return home_key(context.vault, golden["address"]["value"]) if "address" in golden else None
