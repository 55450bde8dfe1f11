"""What a till may let guests use while it has no connection: signed, so that it can check this by itself. No I/O.

A snapshot is a JWT that is signed with Ed25519. The store keeps none of them: the till sends it back with what it let
guests use, and the signature proves what it was allowed. It names no guest: a card is a hash, keyed by a secret
of its own that stands in no snapshot. With a snapshot alone, nobody can try out cards.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.exceptions import PyJWTError

from loyalty.offline.offline_redemption import OfflineTerms
from loyalty.rewards.rewards import Rewards

_ALGORITHM = "EdDSA"
_AUDIENCE = "regulars-offline"


@dataclass(frozen=True, slots=True)
class OfflineAllowance:
    """What one guest may use: so many points. `tier` says which price of a reward is the guest's."""

    points: int
    tier: str | None


@dataclass(frozen=True, slots=True)
class OfflineSnapshot:
    """What the tills of a store may let guests use, `since` a moment `until` another (whole seconds). `allowances` are
    by the hash of the card, `prices` in points by reward and tier."""

    id: str
    store: str
    since: datetime
    until: datetime
    allowances: Mapping[str, OfflineAllowance]
    prices: Mapping[str, Mapping[str, int]]

    def terms(self, card: str) -> OfflineTerms:
        """What it says of the card with this hash."""
        found = self.allowances.get(card)
        return OfflineTerms(_text(self.since), _text(self.until), None if found is None else found.points)

    def signed(self, key: Ed25519PrivateKey) -> str:
        """The snapshot as a JWT."""
        claims = {
            "jti": self.id,
            "aud": _AUDIENCE,
            "sub": self.store,
            "iat": int(self.since.timestamp()),
            "exp": int(self.until.timestamp()),
            "cards": {card: {"points": one.points, "tier": one.tier} for card, one in self.allowances.items()},
            "rewards": self.prices,
        }
        return jwt.encode(claims, key, _ALGORITHM, headers={"kid": _key_id(key)})

    @classmethod
    def read(cls, text: str, key: Ed25519PrivateKey) -> OfflineSnapshot | None:
        """What was signed with this key, also where its time is over; None where it was not."""
        try:
            claims = jwt.decode(
                text,
                key.public_key(),
                algorithms=[_ALGORITHM],
                audience=_AUDIENCE,
                options={"verify_exp": False, "verify_iat": False},
            )
        except (PyJWTError, ValueError):
            return None
        return cls(
            id=claims["jti"],
            store=claims["sub"],
            since=datetime.fromtimestamp(claims["iat"], UTC),
            until=datetime.fromtimestamp(claims["exp"], UTC),
            allowances={card: OfflineAllowance(**one) for card, one in claims["cards"].items()},
            prices=claims["rewards"],
        )


def card_hash(secret: str, card: str) -> str:
    """How a snapshot names a card: HMAC-SHA-256 of the card as the till has it, in base64url without padding."""
    digest = hmac.digest(secret.encode(), card.strip().encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def offline_prices(rules: Rewards, brand: str, store: str, days: tuple[date, date]) -> dict[str, dict[str, int]]:
    """Prices of the rewards that a till can give without asking on all of these days, from the first to the last one:
    neither coupon, stock, budget, limit per guest nor anything that asks for a basket."""
    first, last = days
    return {
        reward.id: dict(reward.price)
        for reward in rules.rewards
        if not (reward.stock or reward.budget or reward.per_guest or reward.channels or rules.coupons_of(reward))
        and not (reward.discount or reward.group or reward.per_basket)
        and (not reward.brands or brand in reward.brands)
        and (not reward.stores or store in reward.stores)
        and (reward.first_day is None or reward.first_day <= first)
        and (reward.last_day is None or last <= reward.last_day)
    }


def public_keys(key: Ed25519PrivateKey) -> dict[str, Any]:
    """The JWK set (RFC 7517, RFC 8037) that checks snapshots."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": _public(key), "use": "sig", "alg": _ALGORITHM, "kid": _key_id(key)}
    return {"keys": [jwk]}


def _public(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _key_id(key: Ed25519PrivateKey) -> str:
    return _public(key)[:16]


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
