"""The loyalty cards of a guest."""

from __future__ import annotations

import strawberry

from domain.events import CardReason
from graph.customers import ProfilePart
from graph.store.database import Row
from resolvers.access.caller import PROFILE_READ
from resolvers.context import Context
from resolvers.customer.linked_identities import in_clear
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import described
from resolvers.kit.facets import facet
from resolvers.kit.requirements import protected
from resolvers.kit.scalars import Date, DateTime

CARDS = ProfilePart.of("cards")

described(
    CardReason,
    "Why a loyalty card is replaced or blocked.",
    LOST="The guest lost it.",
    STOLEN="It was stolen.",
    DAMAGED="It cannot be read any more.",
    MISUSE="Somebody uses it who should not.",
    REQUEST="The guest asked for it.",
)


@protected(PROFILE_READ, whole=False, own=True)
@strawberry.type(description="A loyalty card of a guest.")
class LoyaltyCard:
    display: str = strawberry.field(description="Masked number; it may be shown to anybody.")
    number: str | None = strawberry.field(
        description="The number in one spelling: small letters, without dashes; null without the scope pii:read."
    )
    since: Date = strawberry.field(description="First day on which it was the guest's.")
    blocked_at: DateTime | None = strawberry.field(
        description="Since when it is blocked, so that it finds nobody and uses no points; null: it is not."
    )
    reason: CardReason | None = strawberry.field(description="Why it is blocked; null: it is not.")
    replaced_by: str | None = strawberry.field(description="Masked number of the card that replaced it.")

    @classmethod
    def of(cls, row: Row, context: Context) -> LoyaltyCard:
        return cls(
            display=row["display"],
            number=in_clear(row, context) if context.reveals else None,
            since=row["since"],
            blocked_at=row["blocked"],
            reason=CardReason(row["reason"]) if row["reason"] else None,
            replaced_by=row["by"],
        )


@strawberry.type
class CardsFacet(ProfileFacet):
    @facet(parts=(CARDS,), description="Loyalty cards, the newest first, blocked ones too; at most 100.")
    def cards(self) -> list[LoyaltyCard]:
        return [LoyaltyCard.of(row, self.context) for row in self.profile.parts[CARDS]]
