"""Roles: named sets of scopes, for guests, services and staff."""

from __future__ import annotations

from dataclasses import dataclass

from resolvers.access.caller import (
    ALL_SCOPES,
    AUDIT_READ,
    CONSENT_GRANT,
    EVENT_PAGE,
    EVENT_WRITE,
    GROUP_READ,
    GUEST_SCOPES,
    IDENTITY_CLAIM,
    IDENTITY_READ,
    IDENTITY_WRITE,
    LOYALTY_CARDS,
    LOYALTY_ENROL,
    LOYALTY_GRANT,
    LOYALTY_PROGRAMME,
    LOYALTY_REDEEM,
    LOYALTY_TRANSFER,
    PII_READ,
    PROFILE_FIND,
    PROFILE_READ,
    SCHEMA_READ,
    SEGMENT_READ,
    SEGMENT_WRITE,
    STATS_READ,
    CallerKind,
)


@dataclass(frozen=True, slots=True)
class Role:
    """`kind` is who may have it."""

    kind: CallerKind
    scopes: frozenset[str]


def _role(kind: CallerKind, *scopes: str) -> Role:
    return Role(kind, frozenset(scopes) | {GROUP_READ})


ROLES: dict[str, Role] = {
    # A guest's contact data is the guest's own: without profile:read there is nobody else to read.
    "guest": _role(CallerKind.GUEST, *GUEST_SCOPES, PII_READ),
    "till": _role(
        CallerKind.SERVICE,
        PROFILE_READ,
        PROFILE_FIND,
        EVENT_WRITE,
        LOYALTY_REDEEM,
        LOYALTY_TRANSFER,
        LOYALTY_ENROL,
    ),
    "web_shop": _role(
        CallerKind.SERVICE,
        PROFILE_READ,
        PROFILE_FIND,
        EVENT_WRITE,
        IDENTITY_CLAIM,
        CONSENT_GRANT,
        LOYALTY_REDEEM,
        LOYALTY_ENROL,
    ),
    "integrator": _role(CallerKind.SERVICE, EVENT_WRITE, IDENTITY_CLAIM, CONSENT_GRANT),
    # The key stands in a page or an app, where anybody can read it: it reads nothing.
    "page": Role(CallerKind.SERVICE, frozenset((EVENT_PAGE,))),
    # What a gateway asks on behalf of somebody it asks with that one's token.
    "gateway": _role(CallerKind.SERVICE, SCHEMA_READ),
    "agent": _role(
        CallerKind.STAFF,
        PROFILE_READ,
        PROFILE_FIND,
        PII_READ,
        SEGMENT_READ,
        IDENTITY_READ,
        IDENTITY_WRITE,
        LOYALTY_REDEEM,
        LOYALTY_TRANSFER,
        LOYALTY_GRANT,
        LOYALTY_CARDS,
        LOYALTY_ENROL,
    ),
    "marketer": _role(CallerKind.STAFF, PROFILE_READ, SEGMENT_READ, SEGMENT_WRITE, STATS_READ, LOYALTY_PROGRAMME),
    "analyst": _role(CallerKind.STAFF, PROFILE_READ, SEGMENT_READ, STATS_READ, IDENTITY_READ),
    "privacy_officer": _role(
        CallerKind.STAFF, PROFILE_READ, PROFILE_FIND, PII_READ, SEGMENT_READ, IDENTITY_READ, AUDIT_READ
    ),
    # Everything but a guest's own door, which names a guest.
    "admin": Role(CallerKind.STAFF, ALL_SCOPES - GUEST_SCOPES),
}


def scopes_of(roles: list[str], kind: CallerKind) -> frozenset[str]:
    """The scopes of all of these roles that this kind of caller may have; a name that is no such role gives none."""
    held = (ROLES[role] for role in roles if role in ROLES)
    return frozenset(scope for role in held if role.kind is kind for scope in role.scopes)
