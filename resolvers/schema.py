"""The GraphQL schema: the desks that it is put together from. A new desk is a folder of its own, and its lines here.

`python -m resolvers.schema` prints it; the committed `schema.graphql` is that output.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import strawberry
from graphql import GraphQLError
from strawberry.extensions import DisableIntrospection, MaxTokensLimiter, SchemaExtension
from strawberry.extensions.parser_cache import ParserCache
from strawberry.extensions.validation_cache import ValidationCache
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from resolvers.access.permissions import guard
from resolvers.bounds.budget import Budgeted
from resolvers.bounds.limits import MAX_TOKENS, Limits, OneOperation
from resolvers.customer.customer import Customer
from resolvers.customer.customer_queries import CustomerQueries
from resolvers.customer.loyalty.points_changed import MyPointsSubscriptions, PointsSubscriptions
from resolvers.customer.profile_changed import MyProfileSubscriptions, ProfileSubscriptions
from resolvers.customer.receipt import ReceiptQueries
from resolvers.federation import ANY, FederationQueries
from resolvers.identity.decision_mutations import DecisionMutations
from resolvers.identity.golden_field_mutations import GoldenMutations
from resolvers.identity.identity_changed import IdentitySubscriptions
from resolvers.identity.identity_queries import IdentityQueries
from resolvers.identity.logged_decisions import DecisionQueries
from resolvers.identity.rehearsal import RehearsalQueries
from resolvers.identity.review import ReviewMutations, ReviewQueries
from resolvers.kit.facets import check_facets
from resolvers.kit.findable import FINDABLE
from resolvers.kit.scalars import SCALARS
from resolvers.loyalty.basket_mutations import BasketMutations
from resolvers.loyalty.card_mutations import CardMutations
from resolvers.loyalty.enrolment_mutations import EnrolmentMutations
from resolvers.loyalty.grant_mutations import GrantMutations
from resolvers.loyalty.grant_queries import GrantQueries
from resolvers.loyalty.points_mutations import PointsMutations
from resolvers.loyalty.programme_mutations import ProgrammeMutations
from resolvers.loyalty.programme_queries import ProgrammeQueries
from resolvers.loyalty.redemption_mutations import RedemptionMutations
from resolvers.loyalty.reward_mutations import RewardMutations
from resolvers.loyalty.transfer_mutations import TransferMutations
from resolvers.node import NodeQueries
from resolvers.place_queries import PlaceQueries
from resolvers.privacy.audit_entries import AuditQueries
from resolvers.privacy.consent import ConsentMutations
from resolvers.privacy.own_profile import OwnProfileMutations
from resolvers.segments.segment_changed import SegmentSubscriptions
from resolvers.segments.segment_mutations import SegmentMutations
from resolvers.segments.segment_queries import SegmentQueries
from resolvers.webhooks.webhook_mutations import WebhookMutations
from resolvers.webhooks.webhook_queries import WebhookQueries

CACHED_DOCUMENTS = 256
_OF_SUBGRAPHS = re.compile(r" @(key|link)\([^)]*\)")


@strawberry.type(description="What may be asked.")
class Query(
    FederationQueries,
    CustomerQueries,
    ReceiptQueries,
    NodeQueries,
    PlaceQueries,
    SegmentQueries,
    IdentityQueries,
    DecisionQueries,
    AuditQueries,
    ReviewQueries,
    RehearsalQueries,
    ProgrammeQueries,
    GrantQueries,
    WebhookQueries,
):
    pass


@strawberry.type(description="What may be changed.")
class Mutation(
    ConsentMutations,
    SegmentMutations,
    DecisionMutations,
    ReviewMutations,
    GoldenMutations,
    OwnProfileMutations,
    PointsMutations,
    GrantMutations,
    ProgrammeMutations,
    RewardMutations,
    BasketMutations,
    RedemptionMutations,
    CardMutations,
    EnrolmentMutations,
    TransferMutations,
    WebhookMutations,
):
    pass


@strawberry.type(description="What may be followed, by WebSocket or event stream.")
class Subscription(
    IdentitySubscriptions,
    ProfileSubscriptions,
    PointsSubscriptions,
    SegmentSubscriptions,
    MyProfileSubscriptions,
    MyPointsSubscriptions,
):
    pass


class Schema(strawberry.federation.Schema):
    """Logs nothing by itself: the stock one logs documents with what guests typed. The HTTP view logs hashes."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        return


def make_schema(*, production: bool = False) -> Schema:
    """The schema with its caches and limits; in production it does not describe itself."""
    # Factories: extensions hold a request's state, while the caches themselves live in their module.
    extensions: list[Callable[[], SchemaExtension]] = [
        lambda: MaxTokensLimiter(max_token_count=MAX_TOKENS),
        lambda: ParserCache(maxsize=CACHED_DOCUMENTS),
        lambda: ValidationCache(maxsize=CACHED_DOCUMENTS),
        Limits,
        OneOperation,
        Budgeted,
    ]
    if production:
        extensions.append(DisableIntrospection)
    schema = Schema(
        Query,
        Mutation,
        Subscription,
        types=[known.type_ for known in FINDABLE.values()],
        extensions=extensions,
        scalar_overrides={FederationAny: ANY},
        config=StrawberryConfig(scalar_map=SCALARS, batching_config=None),
    )
    check_facets(Customer)
    guard(schema._schema)  # pyright: ignore[reportPrivateUsage]
    return schema


def plain(schema: Schema) -> str:
    """The schema as text, without the directives that only the composition of subgraphs knows: it asks `_service`."""
    return _OF_SUBGRAPHS.sub("", schema.as_str())


if __name__ == "__main__":
    print(plain(make_schema()))  # noqa: T201
