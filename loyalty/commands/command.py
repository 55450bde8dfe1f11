"""Commands about points and rewards, as they are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.errors import InvalidInput
from loyalty.baskets.basket import Basket
from loyalty.offline.offline_redemption import OfflineSale
from loyalty.rewards.reward_choice import Wanted

MAX_POINTS = 10_000_000
"""Points that one command moves."""
MAX_HOLD = timedelta(days=7)
"""How long points can be held."""


class CommandKind(StrEnum):
    """What somebody may do with a guest's points and rewards. `GRANT` gives points, or takes them where negative;
    `ISSUE` gives a personal coupon; `CARRY_OVER` is a balance, or a debt where negative, of the system before.
    `TRANSFER` gives points to another guest, and `RECEIVE` is its other side: nobody asks for that alone. `PROPOSE`
    asks somebody else for a grant, who answers with `APPROVE` or `DECLINE`."""

    REDEEM = "redeem"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REVERSE = "reverse"
    GRANT = "grant"
    ISSUE = "issue"
    CARRY_OVER = "carry_over"
    TRANSFER = "transfer"
    RECEIVE = "receive"
    PROPOSE = "propose"
    APPROVE = "approve"
    DECLINE = "decline"


_TO = ":to"
_ALL_IF_UNSAID = frozenset((CommandKind.TRANSFER, CommandKind.RECEIVE))
FIRST = frozenset(CommandKind) - {
    CommandKind.CAPTURE,
    CommandKind.RELEASE,
    CommandKind.REVERSE,
    CommandKind.APPROVE,
    CommandKind.DECLINE,
}
"""The commands that name a guest; the others name a redemption."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """The guest that gets points of another one, named as in a command. With none of them, it names nobody."""

    number: str | None = None
    record: str | None = None
    identifier: str | None = None


class Allowance(NamedTuple):
    """How many points may be given on a day: by a caller, under one `Limit` (key), or by the guest of the command (key
    None), whose transfers of the day are counted."""

    key: str | None
    most: int


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it was asked for. `key` names the request, and `asked` is a hash of all that it asks for: the same
    key does nothing more, and with another hash it is refused.

    `number` or `record` name the guest of a first command, and `of` the redemption (the key of its first command) of
    the others. `identifier` is the key of the one by which the guest was found. `points` None: all that there are.
    `brand`: where the points are used, or that gives them. `lots_of`: the only brands whose points may be used; None:
    all. `seconds`: how long a hold lasts. `reason` is a code that says why points are given, or the system that they
    are carried over from. `wanted`: the reward that is redeemed or held, which says how many points it costs, or the
    coupon that is issued with a new code; `sealed` is that code as the store keeps it. `to`: who gets what is
    transferred. `allowance`: what it counts against. `basket`: the one that the reward is for; commands that are
    carried out together and have one are decided together, as of one basket. `offline`: a till carried it out without a
    connection, so it is a fact, and is booked though the guest does not have the points. `transfers`: whether the
    caller may let points go from one guest to another; a reversal of such a transfer asks for it.
    """

    key: str
    asked: str
    kind: CommandKind
    actor: str
    points: int | None = None
    number: str | None = None
    record: str | None = None
    of: str | None = None
    identifier: str | None = None
    brand: str | None = None
    lots_of: frozenset[str] | None = None
    seconds: int = 0
    expires: str = ""
    reason: str | None = None
    wanted: Wanted | None = None
    sealed: str | None = None
    to: Recipient | None = None
    allowance: Allowance | None = None
    basket: Basket | None = None
    offline: OfflineSale | None = None
    transfers: bool = True

    def __post_init__(self) -> None:
        """Raises InvalidInput."""
        grants = self.kind in (CommandKind.GRANT, CommandKind.PROPOSE)
        gives = grants or self.kind is CommandKind.CARRY_OVER
        least = -MAX_POINTS if gives else 1
        if self.points is None and self.wanted is None and self.kind in FIRST and self.kind not in _ALL_IF_UNSAID:
            raise InvalidInput("Say how many points.")
        none = self.points == 0 and (self.wanted is not None or self.kind is CommandKind.CARRY_OVER)
        if self.points is not None and not none and (not least <= self.points <= MAX_POINTS or self.points == 0):
            raise InvalidInput(f"Points are a whole number from {least:,} to {MAX_POINTS:,}, and not 0.")
        if grants and self.expires and (self.points or 0) < 0:
            raise InvalidInput("Points below zero have no last day.")
        if gives and not self.brand:
            raise InvalidInput("Name the brand that gives the points.")
        if self.offline is not None and not (self.brand and self.points is not None):
            raise InvalidInput("Say at which brand, and how many points were used.")
        if self.kind is CommandKind.HOLD and not 1 <= self.seconds <= MAX_HOLD.total_seconds():
            raise InvalidInput(f"A hold lasts 1 second to {MAX_HOLD.days} days.")

    @property
    def other_side(self) -> Command | None:
        """What a transfer is for the guest who gets the points, and what a reversal is for that guest if it is one of a
        transfer; None for all others. Its key follows from this one's, so both sides are known by one."""
        key = f"{self.key}{_TO}"
        if self.kind is CommandKind.TRANSFER and self.to is not None:
            return Command(
                key,
                self.asked,
                CommandKind.RECEIVE,
                self.actor,
                self.points,
                number=self.to.number,
                record=self.to.record,
                identifier=self.to.identifier,
                brand=self.brand,
            )
        if self.kind is CommandKind.REVERSE and self.of is not None:
            return Command(key, self.asked, CommandKind.REVERSE, self.actor, self.points, of=f"{self.of}{_TO}")
        return None
