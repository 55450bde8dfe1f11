"""Answers of Toast's loyalty integration, from what the service knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.toast.till_status import TillStatus

_LONGEST_EMAIL = 53  # of an account that Toast takes


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


def refused(status: TillStatus, message: str) -> dict[str, Any]:
    return {"transactionStatus": status, "message": message}
