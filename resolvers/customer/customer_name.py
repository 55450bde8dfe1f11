"""A customer's name, whole and in its parts."""

from __future__ import annotations

import strawberry

from graph.customers import Profile
from matching.normalise import DOTS
from resolvers.context import Context
from resolvers.customer.golden_record import Golden, opened, text_of
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import facet


@strawberry.type
class NamesFacet(ProfileFacet):
    @facet(columns=("number", "sealed", "nameDisplay"), description="Whole name; masked without the scope pii:read.")
    def name(self) -> str | None:
        if not self.context.reveals:
            return self.row["nameDisplay"] or None
        return whole_name(opened(self.profile, self.context))

    @facet(columns=("number", "sealed"), description="Given name; masked without the scope pii:read.")
    def given_name(self) -> str | None:
        return name_part(self.profile, self.context, "given_name")

    @facet(columns=("number", "sealed"), description="Family name; masked without the scope pii:read.")
    def family_name(self) -> str | None:
        return name_part(self.profile, self.context, "family_name")


def whole_name(golden: Golden) -> str | None:
    """The whole name in clear; None where no name is known."""
    words = (text_of(golden, name) for name in ("given_name", "family_name", "suffix"))
    return " ".join(word for word in words if word) or None


def name_part(profile: Profile, context: Context, field: str) -> str | None:
    """One part of the name, its first letter only without the scope."""
    value = text_of(opened(profile, context), field)
    return value if value is None or context.reveals else value[0] + DOTS
