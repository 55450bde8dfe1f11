"""The profile of a customer. One query fetches whatever a request selects: see `parts`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Annotated, Any

import orjson
import strawberry

from domain.errors import Ambiguous, InvalidInput, NotAllowed
from domain.stored_stats import read_stats
from engagement.segments.facts import FACTS
from graph.customers import Finder, Profile, ProfilePart, Reading
from graph.segment_feed import VISITS
from graph.store.database import Row
from resolvers.context import Context
from resolvers.customer import (
    golden_record,
    identity_history,
    limited_profile,
    linked_identities,
    points,
    relations,
    transactions,
    visits_and_moves,
)
from resolvers.customer.golden_record import Consent, GoldenField, KeptApart
from resolvers.customer.identity_history import STAYS, STEP_KEY, HistoryStep
from resolvers.customer.linked_identities import RECORDS, LinkedIdentifier, LinkedIdentity
from resolvers.customer.memberships import SEGMENTS, SegmentReference, memberships
from resolvers.customer.points import LoyaltyBalance
from resolvers.customer.relations import RELATIONS, CustomerRelation
from resolvers.customer.rfm import Rfm
from resolvers.customer.transactions import SORT_KEY, Transaction, Visit
from resolvers.customer.visits_and_moves import Journey
from resolvers.kit.global_ids import Node, global_id
from resolvers.kit.look_ahead import taken
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.row_fields import column, reads
from resolvers.kit.scalars import Date, Money
from resolvers.kit.selection import Selected

MAX_LAST_VISITS = 10
DEFAULT_LAST_VISITS = 3
_FORMER = ProfilePart.of("former")
_KEPT_APART = ProfilePart.of("kept_apart")


def _id(number: str) -> strawberry.ID:
    return global_id("Customer", number)


@strawberry.federation.type(
    keys=["number"], description="A person, as the source records that belong together describe them."
)
class Customer(Node):
    """`row` are the customer's own properties: those of `profile`."""

    profile: strawberry.Private[Profile]
    context: strawberry.Private[Context]
    row: strawberry.Private[Row]
    id: strawberry.ID = column("number", by=_id, description="Global id; opaque and lasting.")
    number: str = column("number", description="Customer number, such as CUST-7K3M-9QXA-2F8D; it answers for ever.")
    known: bool = column("known", by=bool, description="False while only a device or browser is known.")
    tier: str | None = column("tier", description="Tier by lifetime spend.")
    joined_at: Date | None = column("joinedAt", description="First day that any source saw the person.")

    @classmethod
    def of(cls, profile: Profile, context: Context) -> Customer:
        context.trail.customers.add(profile.base["number"])
        return cls(profile=profile, context=context, row=profile.base)

    @reads("number", "sealed", "nameDisplay", description="Whole name; masked without the scope pii:read.")
    def name(self) -> str | None:
        return golden_record.name_of(self.profile, self.context)

    @reads("number", "sealed", description="Given name; masked without the scope pii:read.")
    def given_name(self) -> str | None:
        return golden_record.part_of_name(self.profile, self.context, "given_name")

    @reads("number", "sealed", description="Family name; masked without the scope pii:read.")
    def family_name(self) -> str | None:
        return golden_record.part_of_name(self.profile, self.context, "family_name")

    @strawberry.field(description="E-mail addresses, the latest seen first; masked without the scope pii:read.")
    def emails(self) -> list[str]:
        return linked_identities.values(self.profile.parts[RECORDS], "email", self.context)

    @strawberry.field(description="Phone numbers (E.164), the latest seen first; masked without the scope pii:read.")
    def phones(self) -> list[str]:
        return linked_identities.values(self.profile.parts[RECORDS], "phone", self.context)

    @strawberry.field(description="Numbers that were merged into this customer and answer with it.")
    def former_numbers(self) -> list[str]:
        return self.profile.parts[_FORMER]

    @reads("stats", description="What all completed orders came to, refunds taken off, by currency.")
    def lifetime_spend(self) -> list[Money]:
        spend = read_stats(self.row["stats"])["spend"]
        return [Money.of(minor, currency) for currency, minor in sorted(spend.items())]

    @reads("stats", "preferredChannel", description="Recency, frequency and monetary value.")
    def rfm(self) -> Rfm:
        stats = read_stats(self.row["stats"])
        return Rfm(stats=stats, preferred=self.row["preferredChannel"], now=self.context.now)

    @strawberry.field(description="The latest visits, newest first; at most 10.")
    def last_visits(
        self, first: Annotated[int, strawberry.argument(description="How many; 1 to 10.")] = DEFAULT_LAST_VISITS
    ) -> list[Visit]:
        page = _latest(first)
        rows = transactions.rows(self.profile, page, newest_first=True, visits=True)
        return [Visit(row=row) for row in rows[:first]]

    @reads("stats", description="Points: balance, by brand, and the ledger.")
    def loyalty_balance(self) -> LoyaltyBalance:
        return LoyaltyBalance.of(self.profile)

    @strawberry.field(description="The source records behind this person, at most 500, and why each belongs here.")
    def linked_identities(self) -> list[LinkedIdentity]:
        return linked_identities.linked_identities(self.profile.parts[RECORDS], self.context)

    @strawberry.field(description="Every identifier once, over all source records.")
    def identifiers(self) -> list[LinkedIdentifier]:
        return linked_identities.identifiers(self.profile.parts[RECORDS], self.context)

    @strawberry.field(description="Who shares evidence with this person and is somebody else, and why; at most 100.")
    def kept_apart(self) -> list[KeptApart]:
        return golden_record.kept_apart(self.profile.parts[_KEPT_APART])

    @reads("number", "sealed", description="Who likely lives with this person, the most confident first; at most 100.")
    def household(self) -> list[CustomerRelation]:
        return relations.household(relations.relations(self.profile, self.context))

    @reads(
        *("number", "sealed"),
        description="Everybody who shares a home, phone, e-mail, payment token or device, by confidence; at most 100.",
    )
    def relations(self) -> list[CustomerRelation]:
        return relations.relations(self.profile, self.context)

    @strawberry.field(description="Visits to all brands, oldest first, in pages of 1 to 100; and moves between brands.")
    def journey(self, first: First = None, after: After = None, last: Last = None, before: Before = None) -> Journey:
        page = PageRequest.of(SORT_KEY, first=first, after=after, last=last, before=before)
        return visits_and_moves.journey(self.profile, page)

    @strawberry.field(description="Orders, newest first, in pages of 1 to 100.")
    def transactions(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Transaction]:
        page = PageRequest.of(SORT_KEY, first=first, after=after, last=last, before=before)
        rows = transactions.rows(self.profile, page, newest_first=True, visits=False)
        return page.cut(rows, transactions.sort_key, lambda row: Transaction(row=row))

    @strawberry.field(
        description="How this person was formed, the oldest first, in pages of 1 to 100: records that came, numbers "
        "that were merged, and what was undone; of the first 2,000 records."
    )
    def identity_history(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[HistoryStep]:
        page = PageRequest.of(STEP_KEY, first=first, after=after, last=last, before=before)
        family = {self.row["number"], *self.profile.parts[_FORMER]}
        return identity_history.history(self.profile.parts[STAYS], family, page)

    @reads("consents", description="Answers to requests for consent; one refusal refuses for the person.")
    def consents(self) -> list[Consent]:
        return golden_record.consents(self.profile)

    @reads("number", "sealed", description="What is believed of the person, field by field, and where it comes from.")
    def golden_record(self) -> list[GoldenField]:
        return golden_record.golden_record(self.profile, self.context)

    @reads(*FACTS, description="Stored segments that this person is in now.")
    def segments(self) -> list[SegmentReference]:
        return memberships(self.profile, self.context)


def own(field: Selected) -> set[str]:
    """The columns of `profile/base` that a selection on Customer takes."""
    return {"number"} | taken(field, Customer)


async def one(context: Context, finder: Finder, wanted: Collection[ProfilePart]) -> Customer | None:
    """Whom the finder finds, with the parts wanted. Raises Ambiguous."""
    return only(await limited_profile.found(context, context.customers, finder, wanted), context)


def own_record(context: Context) -> str:
    """The key of the source record that the guest who asks is. Raises NotAllowed to who is no guest."""
    if context.caller.subject is None:
        raise NotAllowed("Only a guest has a profile of their own.", hint="Ask for a customer by number.")
    return context.caller.subject


async def myself(context: Context, wanted: Collection[ProfilePart]) -> Customer | None:
    """The guest who asks: whoever the record of the guest's own token belongs to, and nobody else."""
    finder = Finder.named("by_record", key=own_record(context))
    return only(await limited_profile.found(context, context.own, finder, wanted), context)


def state(one: Customer, wanted: Collection[ProfilePart]) -> str:
    """A text that is another one when what the caller may see is: of the profile's own values, and of these parts.

    Not when a value is only told or seen once more: that may have been at a brand that the caller does not see.
    """
    profile = one.profile
    values = {name: claim["value"] for name, claim in golden_record.opened(profile, one.context).items()}
    shown = [_shown(profile.base), values, *(_shown(profile.parts[part]) for part in Reading.of(wanted))]
    return sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]


def _shown(value: Any) -> Any:
    """Without what is sealed, anew with each writing, and without the last day on which something was seen."""
    match value:
        case dict():
            return {name: _shown(one) for name, one in value.items() if name not in ("sealed", "last")}
        case list():
            return [_shown(one) for one in value]
        case _:
            return value


def only(found: Sequence[Profile], context: Context) -> Customer | None:
    """The one that was found, if any. Raises Ambiguous."""
    if len(found) > 1:
        raise Ambiguous("Several customers use this identifier.", hint="Use customerSearch.")
    return Customer.of(found[0], context) if found else None


def parts(field: Selected) -> dict[ProfilePart, set[str] | None]:
    """The parts of a profile that a selection on Customer needs, and which columns of them; None: all.

    Raises InvalidInput on a wrong page.
    """
    wanted: dict[ProfilePart, set[str] | None] = {}
    for below in field.fields("Customer"):
        for part, columns in _parts_of(below).items():
            known = wanted.get(part, set[str]())
            wanted[part] = None if known is None or columns is None else known | columns
    return wanted


def _parts_of(field: Selected) -> dict[ProfilePart, set[str] | None]:
    match field.name:
        case "formerNumbers":
            return {_FORMER: None}
        case "identityHistory":
            return {STAYS: None, _FORMER: None}
        case "linkedIdentities" | "identifiers" | "emails" | "phones":
            return {RECORDS: linked_identities.columns(field)}
        case "keptApart":
            return {_KEPT_APART: None}
        case "household" | "relations":
            return {RELATIONS: None}
        case "segments":
            return {SEGMENTS: None, VISITS: None}
        case "loyaltyBalance":
            return dict.fromkeys(points.parts(field))
        case "journey":
            return visits_and_moves.parts(field)
        case "transactions":
            part = transactions.part(
                field.page(SORT_KEY), newest_first=True, visits=False, lines=field.mentions("lines")
            )
            return {part: transactions.columns(field, Transaction)}
        case "lastVisits":
            page = _latest(field.whole("first", DEFAULT_LAST_VISITS))
            part = transactions.part(page, newest_first=True, visits=True, lines=field.mentions("lines"))
            return {part: taken(field, Visit)}
        case _:
            return {}


def _latest(count: int) -> PageRequest:
    if not 1 <= count <= MAX_LAST_VISITS:
        raise InvalidInput(f"lastVisits gives 1 to {MAX_LAST_VISITS} visits.", hint="Use journey for more.")
    return PageRequest(count)
