"""The customer: one type, and the facets that it is made of. A new facet is a module of its own, and a line here."""

from __future__ import annotations

import strawberry

from graph.customers import Profile
from resolvers.access.caller import PROFILE_READ
from resolvers.context import Context
from resolvers.customer.consents import ConsentsFacet
from resolvers.customer.contact import ContactFacet
from resolvers.customer.customer_name import NamesFacet
from resolvers.customer.customer_number import FormerNumbersFacet, NumberFacet
from resolvers.customer.golden_record import GoldenRecordFacet
from resolvers.customer.identity_history import IdentityHistoryFacet
from resolvers.customer.kept_apart import KeptApartFacet
from resolvers.customer.last_visits import LastVisitsFacet
from resolvers.customer.linked_identities import LinkedIdentitiesFacet
from resolvers.customer.loyalty.baskets import BasketFacet
from resolvers.customer.loyalty.loyalty_cards import CardsFacet
from resolvers.customer.loyalty.loyalty_tier import TierFacet
from resolvers.customer.loyalty.membership import MembershipFacet
from resolvers.customer.loyalty.points import PointsFacet
from resolvers.customer.loyalty.rewards import RewardsFacet
from resolvers.customer.memberships import MembershipsFacet
from resolvers.customer.relations import RelationsFacet
from resolvers.customer.rfm import SpendFacet
from resolvers.customer.transactions import TransactionsFacet
from resolvers.customer.visits_and_moves import JourneyFacet
from resolvers.kit.facets import Wanted, wanted
from resolvers.kit.global_ids import Node, global_id
from resolvers.kit.look_ahead import taken
from resolvers.kit.requirements import protected
from resolvers.kit.row_fields import column
from resolvers.kit.selection import Selected


def _id(number: str) -> strawberry.ID:
    return global_id("Customer", number)


@protected(PROFILE_READ, whole=False, own=True)
@strawberry.federation.type(
    keys=["number"], description="A person, as the source records that belong together describe them."
)
class Customer(
    Node,
    NumberFacet,
    NamesFacet,
    ContactFacet,
    FormerNumbersFacet,
    SpendFacet,
    LastVisitsFacet,
    PointsFacet,
    TierFacet,
    RewardsFacet,
    CardsFacet,
    MembershipFacet,
    BasketFacet,
    LinkedIdentitiesFacet,
    RelationsFacet,
    KeptApartFacet,
    JourneyFacet,
    TransactionsFacet,
    IdentityHistoryFacet,
    ConsentsFacet,
    GoldenRecordFacet,
    MembershipsFacet,
):
    """The schema has the facets' fields in this order."""

    id: strawberry.ID = column("number", by=_id, description="Global id; opaque and lasting.")

    @classmethod
    def of(cls, profile: Profile, context: Context) -> Customer:
        context.trail.customers.add(profile.base["number"])
        return cls(profile=profile, context=context, row=profile.base)


def own(field: Selected) -> set[str]:
    """The columns of `profile/base` that a selection on Customer takes."""
    return {"number"} | taken(field, Customer)


def parts(field: Selected) -> Wanted:
    """The parts of a profile that a selection on Customer needs, and which columns of them; None: all.

    Raises InvalidInput on a wrong page.
    """
    return wanted(field, Customer)
