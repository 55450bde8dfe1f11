"""Who asks, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import NotAllowed

GROUP_READ = "group:read"
ME_READ = "me:read"
ME_WRITE = "me:write"
PROFILE_READ = "profile:read"
PROFILE_FIND = "profile:find"
PII_READ = "pii:read"
SEGMENT_READ = "segment:read"
SEGMENT_WRITE = "segment:write"
STATS_READ = "stats:read"
EVENT_WRITE = "event:write"
EVENT_PAGE = "event:page"
IDENTITY_READ = "identity:read"
IDENTITY_WRITE = "identity:write"
IDENTITY_CLAIM = "identity:claim"
CONSENT_GRANT = "consent:grant"
LOYALTY_REDEEM = "loyalty:redeem"
LOYALTY_TRANSFER = "loyalty:transfer"
LOYALTY_GRANT = "loyalty:grant"
LOYALTY_GRANT_ANY = "loyalty:grant_any"
LOYALTY_PROGRAMME = "loyalty:programme"
LOYALTY_CARDS = "loyalty:cards"
LOYALTY_ENROL = "loyalty:enrol"
WEBHOOK_MANAGE = "webhook:manage"
AUDIT_READ = "audit:read"
METRICS_READ = "metrics:read"
SCHEMA_READ = "schema:read"

SCOPES: dict[str, str] = {
    GROUP_READ: "brands and stores",
    ME_READ: "the guest's own profile",
    ME_WRITE: "the guest's own answers to requests for consent, own words, and use of own points",
    PROFILE_READ: "customers by number and by id, and those of a segment",
    PROFILE_FIND: "looking up by what somebody may try out: phone, e-mail, card, device, a system's own id, search",
    PII_READ: "contact data in clear, where it may be read at all",
    SEGMENT_READ: "segments, and which a customer is in",
    SEGMENT_WRITE: "storing and deleting segments",
    STATS_READ: "figures about the whole group",
    EVENT_WRITE: "the intake",
    EVENT_PAGE: "what one browser or device did, sent by a page or an app whose key anybody can read",
    IDENTITY_READ: "why records are one person, who is related, the feed of changes, the log of decisions",
    IDENTITY_WRITE: "every decision about identities, golden fields, and the review queue",
    IDENTITY_CLAIM: "events that claim who somebody is: `identify`, `alias`; names that people are found by",
    CONSENT_GRANT: "events by which a guest lets other brands see what a brand knows (`cross_brand_profile`)",
    LOYALTY_REDEEM: "using guests' points, setting them aside, and giving back what was used",
    LOYALTY_TRANSFER: "giving points of one guest to another, up to a day's limit",
    LOYALTY_GRANT: "giving a guest points, or taking them, up to limits; proposing more, and answering proposals",
    LOYALTY_GRANT_ANY: "the same without these limits",
    LOYALTY_PROGRAMME: "the rules of the loyalty programme: versions, draft, preview, publication",
    LOYALTY_CARDS: "loyalty cards: issuing, linking, replacing, blocking; guests are found by a blocked one, too",
    LOYALTY_ENROL: "enrolling guests in the loyalty programme, with their answers to requests for consent",
    WEBHOOK_MANAGE: "webhooks: where events about guests' points and numbers are sent, and with which secret",
    AUDIT_READ: "the audit log",
    METRICS_READ: "`/metrics`",
    SCHEMA_READ: "the schema as a subgraph, for a gateway that composes it",
}
"""Every scope, and what it allows."""
ALL_SCOPES = frozenset(SCOPES)
GUEST_SCOPES = frozenset((ME_READ, ME_WRITE))
"""A guest's own door: only who names a guest has them, no key and nobody's staff."""


class CallerKind(StrEnum):
    SERVICE = "service"
    GUEST = "guest"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Own:
    """How events name the source record that is a guest, and of which brand they are. The id may be an e-mail address:
    it is never logged."""

    source: str
    id: str = field(repr=False)
    brand: str


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller's name, which may be logged, its scopes, and the part of the group that it may see.

    `brands`, `sources`, `stores`: the only ones it may know of or send for; None is all of them. `subject`: of a guest,
    the key of the source record that is the guest; `own` is how events name it.
    """

    name: str
    scopes: frozenset[str]
    kind: CallerKind = CallerKind.SERVICE
    brands: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    stores: frozenset[str] | None = None
    subject: str | None = None
    own: Own | None = None

    @property
    def limited(self) -> bool:
        """Whether it may see a part of the group only."""
        return self.brands is not None

    @property
    def public(self) -> bool:
        """Whether anybody can read its key: it may say what its own browser or device did, and nothing else."""
        return self.scopes == frozenset((EVENT_PAGE,))

    def allows(self, scope: str) -> bool:
        return scope in self.scopes

    def require(self, scope: str) -> None:
        """Raises NotAllowed without the scope."""
        if scope not in self.scopes:
            raise NotAllowed(f"This key lacks the scope {scope}.", hint="Ask for a key that has it.")
