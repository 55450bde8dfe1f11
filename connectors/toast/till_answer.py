"""Answers of Toast's loyalty integration, from what the service knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.toast.till_request import TillRedemption
from connectors.toast.till_status import TillStatus
from domain.money import from_minor
from loyalty.rewards.rewards import Reward, Rewards

_LONGEST_EMAIL = 53  # of an account that Toast takes
_NOTHING_OFF: Mapping[int, int] = {}


@dataclass(frozen=True, slots=True)
class TillAccount:
    """An account as a till shows it: `identifier` is what it names the account by from then on."""

    identifier: str
    points: int
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    email: str | None = None

    def row(self) -> dict[str, Any]:
        email = self.email if self.email is not None and len(self.email) <= _LONGEST_EMAIL else None
        shown = {"firstName": self.first_name, "lastName": self.last_name, "phone": self.phone, "email": email}
        known = {name: value for name, value in shown.items() if value}
        return {"identifier": self.identifier, **known, "pointsBalance": str(self.points)}


def accepted() -> dict[str, Any]:
    return {"transactionStatus": TillStatus.ACCEPT}


def found(accounts: Sequence[TillAccount]) -> dict[str, Any]:
    """The answer to a search."""
    return {"searchResponse": {"accounts": [account.row() for account in accounts]}} | accepted()


def signed_up(identifier: str) -> dict[str, Any]:
    """The answer to a signup: the account that the guest has from then on."""
    return {"signupResponse": {"loyaltyIdentifier": identifier}} | accepted()


def transferred(identifier: str) -> dict[str, Any]:
    """The answer to a transfer: the account that has the points now. It is said by the name that a request has for it,
    and by the one that the answer to a signup has: which one Toast's tills read is not public."""
    return {"transferResponse": {"loyaltyIdentifier": identifier, "toLoyaltyIdentifier": identifier}} | accepted()


def offer(reward: Reward, currency: str, off: int | None = None) -> dict[str, Any]:
    """A reward that the guest can have, as an offer for a whole check. `off`: what it takes off the check's basket, in
    minor units."""
    return {
        "identifier": reward.id,
        "name": reward.name,
        "applicable": True,
        "selectionType": "CHECK",
        **_amount(reward, currency, off),
        "quantity": 1,
    }


def judged(
    redemptions: Sequence[TillRedemption],
    reasons: Sequence[str],
    rules: Rewards,
    account: TillAccount | None,
    currency: str,
    off: Mapping[int, int] = _NOTHING_OFF,
) -> dict[str, Any]:
    """The answer about offers that are applied to a check. `reasons`: why each is not valid; empty where it is.
    `account`: none where it cannot be found any more. `off`: what offers take off the check's basket, by their place,
    in minor units."""
    rows = [
        (one.row() | _amount(rules.reward(one.identifier), currency, off.get(at)), reason)
        for at, (one, reason) in enumerate(zip(redemptions, reasons, strict=True))
    ]
    answer = {
        **({} if account is None else {"accountInfo": account.row()}),
        "appliedRedemptions": [row for row, reason in rows if not reason],
        "rejectedRedemptions": [{"redemption": row, "message": reason} for row, reason in rows if reason],
    }
    return {"checkResponse": answer}


def _amount(reward: Reward | None, currency: str, off: int | None) -> dict[str, Any]:
    """What an offer takes off, where that is known in the currency of the till: of the basket, else its value."""
    if off:
        return {"amount": float(from_minor(off, currency))}
    value = reward and reward.value
    return {} if not value or value.currency != currency else {"amount": float(from_minor(value.minor, value.currency))}


def refused(status: TillStatus, message: str) -> dict[str, Any]:
    return {"transactionStatus": status, "message": message}
