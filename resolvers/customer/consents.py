"""Answers to requests for consent, as one customer's."""

from __future__ import annotations

from typing import Any

import orjson
import strawberry

from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import facet
from resolvers.kit.scalars import DateTime


@strawberry.type(description="An answer to a request for consent: the strictest of all source records.")
class Consent:
    purpose: str = strawberry.field(description="What for, in the group's own word.")
    granted: bool = strawberry.field(description="Whether it may be done.")
    at: DateTime = strawberry.field(description="When the answer that holds was given.")


@strawberry.type
class ConsentsFacet(ProfileFacet):
    @facet(columns=("consents",), description="Answers to requests for consent; one refusal refuses for the person.")
    def consents(self) -> list[Consent]:
        answers: dict[str, list[Any]] = orjson.loads(self.row["consents"] or "{}")
        return [
            Consent(purpose=purpose, granted=granted, at=DateTime(clock.partition("|")[0]))
            for purpose, (granted, clock) in sorted(answers.items())
        ]
