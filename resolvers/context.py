"""What every resolver of one request shares. It is made in one place: `Context`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias

import strawberry

from domain.errors import Unavailable
from domain.settings import Settings
from graph.customers import Customers
from graph.decision_log import DecisionLog
from graph.identity_feed import IdentityFeed
from graph.identity_graph import IdentityGraph
from graph.places import Places
from graph.query.brand_view import BrandView
from graph.reports import Reports
from graph.segments import Segments
from graph.store.database import Database
from identity.claims import ClaimsReader
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.review_queue import ReviewQueue
from identity.parts import IdentityParts
from ingest.delivery import EventSink
from loyalty.programme.programme import Programme
from loyalty.programme.programmes import Programmes, programmes_of
from matching.policy import Policies
from privacy.audit_log import AuditLog
from privacy.vault import Vault
from resolvers.access.audit_trail import AuditTrail
from resolvers.access.caller import (
    AUDIT_READ,
    IDENTITY_READ,
    IDENTITY_WRITE,
    ME_READ,
    ME_WRITE,
    PII_READ,
    PROFILE_READ,
    STATS_READ,
    Caller,
)
from resolvers.bounds.budget import Budget
from resolvers.bounds.lookups import Lookups
from resolvers.feeds import Feeds


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Context:
    """One request's store, keys, settings and caller. `now` is one moment for the whole request."""

    parts: IdentityParts
    settings: Settings
    caller: Caller
    request_id: str = ""
    now: datetime = field(default_factory=_now)
    meter: Budget = field(default_factory=Budget)
    trail: AuditTrail = field(default_factory=AuditTrail)
    live: Feeds | None = None
    sink: EventSink | None = None
    lookups: Lookups | None = None

    @property
    def database(self) -> Database:
        return self.parts.database

    @property
    def vault(self) -> Vault:
        return self.parts.vault

    @property
    def policies(self) -> Policies:
        return self.parts.policies

    @property
    def programme(self) -> Programme:
        """The rules that hold now: of points, tiers, rewards, budgets and coupons."""
        return self.programmes.history.at(self.now).programme

    @property
    def programmes(self) -> Programmes:
        """All versions of these rules, as this process knows them."""
        return programmes_of(self.parts.read_model)

    @property
    def reveals(self) -> bool:
        """Whether contact data may be shown in clear. Who asks and may is about to show it: the trail tells so."""
        if not self.caller.allows(PII_READ):
            return False
        self.trail.revealed = True
        return True

    @property
    def customers(self) -> Customers:
        """Raises NotAllowed where the caller may not read profiles."""
        self.caller.require(PROFILE_READ)
        return Customers(self.database, self.view)

    @property
    def view(self) -> BrandView | None:
        """What the caller may see of a customer; None: everything."""
        caller = self.caller
        if caller.brands is None:
            return None
        shared = self.settings.cross_brand == "consent"
        return BrandView(tuple(sorted(caller.brands)), tuple(sorted(caller.sources or ())), caller.subject, shared)

    @property
    def own(self) -> Customers:
        """For the guest's own profile. Raises NotAllowed to who is no guest."""
        self.caller.require(ME_READ)
        return Customers(self.database, self.view)

    @property
    def intake(self) -> EventSink:
        """For what guests say of themselves. Raises NotAllowed to who is no guest, Unavailable where there is none."""
        self.caller.require(ME_WRITE)
        if self.sink is None:
            raise Unavailable("No events are taken here.")
        return self.sink

    @property
    def feeds(self) -> Feeds:
        """Raises Unavailable where nothing is told as it happens."""
        if self.live is None:
            raise Unavailable("Nothing is told as it happens here.", hint="Ask by a query.")
        return self.live

    def as_of_now(self) -> Context:
        """The same request at the present moment: a subscription lasts."""
        return replace(self, now=_now())

    @property
    def reports(self) -> Reports:
        """Raises NotAllowed where the caller may not read figures of the group."""
        self.caller.require(STATS_READ)
        return Reports(self.database)

    @property
    def changes(self) -> IdentityFeed:
        """Raises NotAllowed where the caller may not read about identities."""
        self.caller.require(IDENTITY_READ)
        return IdentityFeed(self.database)

    @property
    def identity(self) -> IdentityGraph:
        """Raises NotAllowed where the caller may not read about identities."""
        self.caller.require(IDENTITY_READ)
        return IdentityGraph(self.database)

    @property
    def segments(self) -> Segments:
        return Segments(self.database)

    @property
    def decisions(self) -> AgentDecisions:
        """Raises NotAllowed where the caller may not decide who is who."""
        self.caller.require(IDENTITY_WRITE)
        return AgentDecisions(self.parts)

    @property
    def audit_log(self) -> AuditLog:
        """Raises NotAllowed where the caller may not read it."""
        self.caller.require(AUDIT_READ)
        return AuditLog(self.database, self.vault)

    @property
    def decision_log(self) -> DecisionLog:
        """Raises NotAllowed where the caller may not read about identities."""
        self.caller.require(IDENTITY_READ)
        return DecisionLog(self.database)

    @property
    def review(self) -> ReviewQueue:
        """Raises NotAllowed where the caller may not decide who is who."""
        return ReviewQueue(self.database, self.decisions)

    @property
    def places(self) -> Places:
        return Places(self.database)

    @property
    def reader(self) -> ClaimsReader:
        """Makes the keys that the intake made."""
        return ClaimsReader(self.vault, self.policies, self.settings.default_region)


Info: TypeAlias = strawberry.Info[Context, None]
