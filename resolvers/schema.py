"""The GraphQL schema. `python -m resolvers.schema` prints it; the committed `schema.graphql` is that output."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, TypeAlias

import strawberry
from graphql import GraphQLError
from strawberry.extensions import DisableIntrospection, MaxTokensLimiter, SchemaExtension
from strawberry.extensions.parser_cache import ParserCache
from strawberry.extensions.validation_cache import ValidationCache
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from domain.errors import InvalidInput
from graph.customers import Finder, Profile
from resolvers.access.caller import SEGMENT_READ, STATS_READ
from resolvers.access.permissions import guard
from resolvers.bounds.budget import Budgeted
from resolvers.bounds.limits import MAX_TOKENS, Limits, OneOperation
from resolvers.context import Info
from resolvers.customer import customer, find_customer
from resolvers.customer.customer import Customer
from resolvers.customer.customer_by import CustomerBy, finder, search_finder
from resolvers.customer.past_profile import believed
from resolvers.customer.transactions import Transaction, part
from resolvers.federation import ANY, FederationQueries
from resolvers.identity import cluster_health, identity_changes, picture, why
from resolvers.identity.cluster_health import ClusterHealth
from resolvers.identity.completeness import Completeness, completeness
from resolvers.identity.decision_mutations import DecisionMutations, DecisionQueries
from resolvers.identity.evidence import IdentityBy
from resolvers.identity.golden_field_mutations import GoldenMutations
from resolvers.identity.identity_changes import IdentityChange
from resolvers.identity.picture import IdentityNeighbourhood, IdentityPath
from resolvers.identity.rehearsal import RehearsalQueries
from resolvers.identity.review import ReviewMutations, ReviewQueries
from resolvers.identity.why import IdentityWhy, IdentityWhyNot
from resolvers.kit.facets import check_facets
from resolvers.kit.global_ids import Node, key_of, parsed
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.scalars import SCALARS, DateTime
from resolvers.kit.selection import selected
from resolvers.places import Brand, Store
from resolvers.privacy.audit_entries import AuditQueries
from resolvers.privacy.consent import ConsentMutations
from resolvers.segments import segment
from resolvers.segments.segment import Segment, SegmentDeletePayload, SegmentSaveInput, SegmentSavePayload
from resolvers.subscriptions import Subscription

CACHED_DOCUMENTS = 256
One: TypeAlias = Annotated[IdentityBy, strawberry.argument(description="The one.")]
AsOf: TypeAlias = Annotated[
    DateTime | None,
    strawberry.argument(
        description="The person as believed at this moment: which records stood together, and which number they "
        "answered to. What those records say, orders, points and consents included, is of today: no history of it is "
        "kept. So are formerNumbers, keptApart, identityHistory and relations. Null where the number had no records."
    ),
]
Other: TypeAlias = Annotated[IdentityBy, strawberry.argument(description="The other.")]
_STORE = (str,)
_OF_SUBGRAPHS = re.compile(r" @(key|link)\([^)]*\)")
_SEARCH = (int, str)


def _latest(profile: Profile) -> tuple[int, str]:
    return profile.base["sort"], profile.base["number"]


@strawberry.type(description="What may be asked.")
class Query(DecisionQueries, ReviewQueries, RehearsalQueries, AuditQueries, FederationQueries):
    @strawberry.field(description="The guest who is signed in, or null where nothing is known of the guest yet.")
    async def me(self, info: Info) -> Customer | None:
        return await find_customer.myself(info.context, customer.parts(selected(info)))

    @strawberry.field(description="The customer, or null; an identifier that several people share is an error.")
    async def customer(
        self,
        info: Info,
        by: Annotated[CustomerBy, strawberry.argument(description="Who it is.")],
        as_of: AsOf = None,
    ) -> Customer | None:
        context, parts = info.context, customer.parts(selected(info))
        if as_of is None:
            return await find_customer.one(context, finder(by, context), parts)
        return find_customer.only(await believed(finder(by, context, then=True), parts, as_of, context), context)

    @strawberry.field(
        description="Customers by number, e-mail, phone, card, account, device or whole name; the latest guest first."
    )
    async def customer_search(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="What to search for; 1 to 200 characters.")],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Customer]:
        page = PageRequest.of(_SEARCH, first=first, after=after, last=last, before=before)
        found = search_finder(text, page, info.context)
        return await find_customer.page_of_customers(info, found, page, _latest, descending=True)

    @strawberry.field(
        description="Merges, splits, moves and new customers, each once, in an order that never changes. "
        "Keep the last cursor: whoever asks again with it misses nothing, however late a change was committed."
    )
    async def identity_changes(
        self, info: Info, first: First = None, after: After = None
    ) -> Connection[IdentityChange]:
        return await identity_changes.page_of_changes(info.context, first, after)

    @strawberry.field(description="Why two records, or two parts of a customer, are one person.")
    async def identity_why(self, info: Info, a: One, b: Other) -> IdentityWhy:
        return await why.why(info.context, a, b)

    @strawberry.field(description="What keeps two customers, or the customers of two records, apart.")
    async def identity_why_not(self, info: Info, a: One, b: Other) -> IdentityWhyNot:
        return await why.why_not(info.context, a, b)

    @strawberry.field(description="The shortest path of records and identifiers between two records or customers.")
    async def identity_path(self, info: Info, a: One, b: Other) -> IdentityPath:
        return await picture.path(info.context, a, b)

    @strawberry.field(
        description="A customer with records, identifiers and neighbours, as nodes and edges of a picture."
    )
    async def identity_neighbourhood(
        self,
        info: Info,
        customer: Annotated[IdentityBy, strawberry.argument(description="Who stands in the middle.")],
        records: Annotated[int, strawberry.argument(description="How many of the records; 1 to 100.")] = 50,
    ) -> IdentityNeighbourhood:
        return await picture.neighbourhood(info.context, customer, records)

    @strawberry.field(description="What is doubtful about a person, and the smallest cut that would mend it.")
    async def cluster_health(
        self, info: Info, customer: Annotated[IdentityBy, strawberry.argument(description="Whose health.")]
    ) -> ClusterHealth:
        return await cluster_health.health(info.context, customer)

    @strawberry.field(description="Every stored segment by name; at most 500.")
    async def segments(self, info: Info) -> list[Segment]:
        info.context.caller.require(SEGMENT_READ)
        return await segment.all_segments(info)

    @strawberry.field(description="One stored segment, or null.")
    async def segment(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the segment.")],
    ) -> Segment | None:
        info.context.caller.require(SEGMENT_READ)
        row = await info.context.segments.get(key_of("Segment", id))
        return Segment.of(row) if row else None

    @strawberry.field(
        description="The share of source records that tell each field: of the group, then of each source. One scan of "
        "all source records, about a second a million."
    )
    async def completeness(self, info: Info) -> list[Completeness]:
        info.context.caller.require(STATS_READ)
        return completeness(await info.context.database.read("reports/completeness"))

    @strawberry.field(description="The brands of the group by code.")
    async def brands(self, info: Info) -> list[Brand]:
        return [Brand(row=row) for row in await info.context.places.brands()]

    @strawberry.field(description="Stores by code, of all brands or one, in pages of 1 to 100.")
    async def stores(
        self,
        info: Info,
        brand: Annotated[str | None, strawberry.argument(description="Code of a brand.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Store]:
        page = PageRequest.of(_STORE, first=first, after=after, last=last, before=before)
        edge = page.edge[0] if page.edge else None
        rows = await info.context.places.stores(brand=brand, id=edge, size=page.fetch, back=page.back)
        return page.cut(rows, lambda row: (row[0],), lambda row: Store(row=row))

    @strawberry.field(description="Any object by its global id, or null.")
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")],
    ) -> Node | None:
        name, key = parsed(id)
        context = info.context
        match name:
            case "Customer":
                parts = customer.parts(selected(info))
                return await find_customer.one(context, Finder.named("by_number", number=key), parts)
            case "Transaction":
                only = part(PageRequest(1), newest_first=True, visits=False, lines=True, only=key)
                found = await context.customers.find(Finder.named("by_transaction", key=key), [only])
                rows = found[0].parts[only] if found else []
                return Transaction(row=rows[0]) if rows else None
            case "Brand":
                rows = await context.places.brands(key)
                return Brand(row=rows[0]) if rows else None
            case "Store":
                row = await context.places.store(key)
                return Store(row=row) if row else None
            case "Segment":
                context.caller.require(SEGMENT_READ)
                row = await context.segments.get(key)
                return Segment.of(row) if row else None
            case _:
                raise InvalidInput("This is no global id.", hint="Pass an `id` as this API gave it.")


@strawberry.type(description="What may be changed.")
class Mutation(DecisionMutations, ReviewMutations, GoldenMutations, ConsentMutations):
    @strawberry.mutation(description="Store a segment, or change a stored one.")
    async def segment_save(
        self,
        info: Info,
        input: Annotated[SegmentSaveInput, strawberry.argument(description="The segment.")],
    ) -> SegmentSavePayload:
        return await segment.save(info, input)

    @strawberry.mutation(description="Delete a stored segment; customers are untouched.")
    async def segment_delete(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the segment.")],
    ) -> SegmentDeletePayload:
        return await segment.delete(info, id)


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
        types=[Customer, Transaction, Brand, Store, Segment],
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
    print(plain(make_schema()))
