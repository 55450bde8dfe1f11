"""Who gets a webhook: the address, the secrets, and which events. What may name a person or open a door is sealed."""

from __future__ import annotations

import base64
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from domain.errors import InvalidInput
from domain.feed_event import FeedEvent
from graph.store.database import Row
from identity.number_changes import NUMBER_TYPES
from loyalty.commands.command_events import COUPON_ISSUED, REWARD_TYPES
from loyalty.ledger.expiry_notices import POINTS_EXPIRING
from loyalty.ledger.points_events import POINTS_TYPES
from loyalty.member_events import MEMBER_ENROLLED
from loyalty.tiers.tier_events import TIER_CHANGED
from privacy.vault import Vault

MAX_ADDRESS = 2_000
"""Characters of a webhook's address."""
OF_BRANDS = frozenset((*POINTS_TYPES.values(), *REWARD_TYPES.values(), POINTS_EXPIRING))
"""Types of events that belong to a brand; the others tell of the whole group."""
EVENT_TYPES = tuple(sorted({*OF_BRANDS, *NUMBER_TYPES.values(), TIER_CHANGED, MEMBER_ENROLLED, COUPON_ISSUED}))
"""Every type of event that the feed has."""
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret as the receiver has it (`whsec_…`), and until when it signs; None: until it is replaced."""

    text: str = field(repr=False)
    until: str | None = None

    @classmethod
    def new(cls) -> Secret:
        return cls("whsec_" + base64.b64encode(os.urandom(_SECRET_BYTES)).decode())


@dataclass(frozen=True, slots=True)
class Receiver:
    """A stored webhook. `types` and `brands`: the only ones that it gets; None: all. `replay`: the token and place of
    the last replay that somebody asked for."""

    id: str
    url: str = field(repr=False)
    secrets: Sequence[Secret] = field(repr=False)
    types: frozenset[str] | None = None
    brands: frozenset[str] | None = None
    active: bool = True
    replay: tuple[str, int] | None = None

    @classmethod
    def of_row(cls, row: Row, vault: Vault) -> Receiver:
        """From a row of `webhooks/list`. Raises UnreadableValue."""
        content: dict[str, Any] = vault.open(_owner(row["id"]), row["sealed"])
        token, _, place = (row["replay"] or "").partition("|")
        return cls(
            id=row["id"],
            url=content["url"],
            secrets=[Secret(*secret) for secret in content["secrets"]],
            types=None if row["types"] is None else frozenset(row["types"]),
            brands=None if row["brands"] is None else frozenset(row["brands"]),
            active=row["active"],
            replay=(token, int(place)) if token else None,
        )

    def sealed(self, vault: Vault) -> bytes:
        """What of it is stored sealed."""
        secrets = [[secret.text, secret.until] for secret in self.secrets]
        return vault.seal(_owner(self.id), {"url": self.url, "secrets": secrets})

    def wants(self, event: FeedEvent) -> bool:
        """Whether it gets the event. One of the whole group is for nobody who may see some brands."""
        if self.types is not None and event.type not in self.types:
            return False
        return self.brands is None or event.brand in self.brands

    def live_secrets(self, now: datetime) -> list[str]:
        """The secrets that sign now, the newest first."""
        return [one.text for one in self.secrets if one.until is None or datetime.fromisoformat(one.until) > now]

    def rotated(self, now: datetime, overlap: timedelta) -> list[Secret]:
        """The secrets with a new one first. The one before signs for `overlap` more, and no older one any more."""
        kept = [Secret(self.secrets[0].text, (now + overlap).astimezone(UTC).isoformat())] if overlap else []
        return [Secret.new(), *kept]


def check_address(url: str, *, anywhere: bool) -> str:
    """The address as it is stored. `anywhere`: also without TLS, for development. Raises InvalidInput."""
    if len(url) > MAX_ADDRESS:
        raise InvalidInput(f"An address has at most {MAX_ADDRESS:,} characters.")
    try:
        parsed = httpx.URL(url.strip())
    except httpx.InvalidURL:
        raise InvalidInput(
            "This is no address.", hint="Name one such as https://shop.example/hooks/regulars."
        ) from None
    if parsed.scheme not in (("https", "http") if anywhere else ("https",)) or not parsed.host:
        raise InvalidInput("An address begins with https:// and names a host.")
    if parsed.userinfo:
        raise InvalidInput("An address has no user and no password.", hint="The receiver checks the signature instead.")
    return str(parsed.copy_with(fragment=None))


def check_types(types: Sequence[str] | None, brands: Collection[str] | None) -> list[str] | None:
    """The types as they are stored. Raises InvalidInput for one that there is not, or that some brands may not see."""
    if types is None:
        return None
    if not types:
        raise InvalidInput("Name a type of events, or none for all.")
    if unknown := sorted(set(types) - set(EVENT_TYPES)):
        raise InvalidInput(f"There are no events of the type {unknown[0]}.", hint=f"Types: {', '.join(EVENT_TYPES)}.")
    if brands is not None and (whole := sorted(set(types) - OF_BRANDS)):
        raise InvalidInput(f"{whole[0]} tells of the whole group, and this webhook is for some brands.")
    return sorted(set(types))


def _owner(webhook: str) -> str:
    return f"webhook|{webhook}"
