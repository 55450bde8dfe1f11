"""Redemptions that a till carried out without a connection: facts, whatever the guest has by now.

The till gave the reward away, so the redemption is booked in any case. Two questions are left, and they are answered
once, behind the lock of the guest: how many points did the guest not have, and who owns that loss. A till that kept to
its snapshot did what the programme allowed, so the programme owns it; else the store does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class OfflineFlag(StrEnum):
    """What is wrong with a redemption that was carried out offline."""

    NO_SNAPSHOT = "no_snapshot"
    UNKNOWN_CARD = "unknown_card"
    OUT_OF_TIME = "out_of_time"
    OVER_ALLOWANCE = "over_allowance"
    OTHER_TILLS = "other_tills"
    POINTS_GONE = "points_gone"


class LossOwner(StrEnum):
    """Where the cause lies that a guest did not have the points. The guest owes them in any case."""

    STORE = "store"
    PROGRAMME = "programme"


OWNERS: Mapping[OfflineFlag, LossOwner] = {
    OfflineFlag.NO_SNAPSHOT: LossOwner.STORE,
    OfflineFlag.UNKNOWN_CARD: LossOwner.STORE,
    OfflineFlag.OUT_OF_TIME: LossOwner.STORE,
    OfflineFlag.OVER_ALLOWANCE: LossOwner.STORE,
    OfflineFlag.OTHER_TILLS: LossOwner.PROGRAMME,
    OfflineFlag.POINTS_GONE: LossOwner.PROGRAMME,
}


@dataclass(frozen=True, slots=True)
class OfflineTerms:
    """What a snapshot says of one card: it counts from `since` until `until` (RFC 3339, UTC, whole seconds).
    `allowance`: the points that the guest may use meanwhile; None: the card is not in it."""

    since: str
    until: str
    allowance: int | None


@dataclass(frozen=True, slots=True)
class OfflineSale:
    """Where and when a till carried a redemption out. `at`: by the till's clock (RFC 3339, UTC, whole seconds).
    `terms`: those of its snapshot; None: it had none that this service signed for its store."""

    store: str
    till: str
    at: str
    terms: OfflineTerms | None = None


@dataclass(frozen=True, slots=True)
class OfflineUse:
    """A redemption of a till without a connection, as it was booked: of so many points, and `missing` ones that the
    guest did not have."""

    store: str
    till: str
    at: str
    points: int
    missing: int
    flag: OfflineFlag | None

    @classmethod
    def of_row(cls, props: Mapping[str, Any]) -> OfflineUse | None:
        """From the props of a command; None: the till had a connection."""
        if props.get("soldAt") is None:
            return None
        flag = props["flag"]
        sold = props["store"], props["till"], props["soldAt"], props["sold"], props["missing"]
        return cls(*sold, flag and OfflineFlag(flag))

    @property
    def owner(self) -> LossOwner | None:
        return None if self.flag is None else OWNERS[self.flag]

    def props(self) -> dict[str, Any]:
        """As `of_row` reads them."""
        return {
            "store": self.store,
            "till": self.till,
            "soldAt": self.at,
            "sold": self.points,
            "missing": self.missing,
            "flag": self.flag and self.flag.value,
        }


def judged(sale: OfflineSale, points: int, usable: int, before: Iterable[OfflineUse]) -> OfflineUse:
    """A redemption of so many points of a guest who has `usable` ones. `before`: the guest's redemptions of tills
    without a connection that are booked already."""
    missing = max(points - max(usable, 0), 0)
    return OfflineUse(sale.store, sale.till, sale.at, points, missing, _flag(sale, points, missing, before))


def _flag(sale: OfflineSale, points: int, missing: int, before: Iterable[OfflineUse]) -> OfflineFlag | None:
    terms = sale.terms
    if terms is None:
        return OfflineFlag.NO_SNAPSHOT
    if terms.allowance is None:
        return OfflineFlag.UNKNOWN_CARD
    if not terms.since <= sale.at <= terms.until:
        return OfflineFlag.OUT_OF_TIME
    meanwhile = [use for use in before if terms.since <= use.at <= terms.until]
    here = sum(use.points for use in meanwhile if (use.store, use.till) == (sale.store, sale.till))
    if here + points > terms.allowance:
        return OfflineFlag.OVER_ALLOWANCE
    if sum(use.points for use in meanwhile) + points > terms.allowance:
        return OfflineFlag.OTHER_TILLS
    return OfflineFlag.POINTS_GONE if missing else None
