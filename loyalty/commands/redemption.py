"""Redemptions: points and rewards that a guest uses, at once or first set aside. Pure functions of what the store says.

A command is decided once, behind the lock of the guest's component, and is a fact from then on: it is never decided
again, also where the guest turns out to be two people. It hangs on one source record. A redemption is its first command
(redeem, or hold) and those that followed; what is held and used of it is the fold of their entries. A reward is used
whole: its redemption is captured, released and reversed whole, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.errors import HoldIsOver, InvalidInput
from domain.stats import Stats
from loyalty.ledger.ledger import Account, LedgerKind, PointsEntry
from loyalty.ledger.lots import Lot, PointsBalance, overdraw, split, take
from loyalty.offline.offline_redemption import OfflineSale, OfflineUse
from loyalty.rewards.limit_counters import Stage
from loyalty.rewards.reward_choice import RewardUse, Wanted

MAX_POINTS = 10_000_000
"""Points that one command moves."""
MAX_HOLD = timedelta(days=7)
"""How long points can be held."""
MAX_HOLDS = 20
"""Holds that a guest may have at a time."""
MAX_LOTS = 500
"""Lots that a guest may have, for a balance in a further one to be carried over."""


class CommandKind(StrEnum):
    """What somebody may do with a guest's points and rewards. `GRANT` gives points, or takes them where negative;
    `ISSUE` gives a personal coupon; `CARRY_OVER` is a balance, or a debt where negative, of the system before."""

    REDEEM = "redeem"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"
    REVERSE = "reverse"
    GRANT = "grant"
    ISSUE = "issue"
    CARRY_OVER = "carry_over"


FIRST = frozenset((CommandKind.REDEEM, CommandKind.HOLD, CommandKind.GRANT, CommandKind.ISSUE, CommandKind.CARRY_OVER))
"""The commands that name a guest; the others name a redemption."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it was asked for. `key` names the request, and `asked` is a hash of all that it asks for: the same
    key does nothing more, and with another hash it is refused.

    `number` or `record` name the guest of a first command, and `of` the redemption (the key of its first command) of
    the others. `identifier` is the key of the one by which the guest was found. `points` None: all that there are.
    `brand`: where the points are used, or that gives them. `lots_of`: the only brands whose points may be used; None:
    all. `seconds`: how long a hold lasts. `reason` is a code that says why points are given, or the system that they
    are carried over from. `wanted`: the reward that is redeemed or held, which says how many points it costs, or the
    coupon that is issued with a new code; `sealed` is that code as the store keeps it. `offline`: a till carried it out
    without a connection, so it is a fact, and is booked though the guest does not have the points.
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
    offline: OfflineSale | None = None

    def __post_init__(self) -> None:
        """Raises InvalidInput."""
        gives = self.kind in (CommandKind.GRANT, CommandKind.CARRY_OVER)
        least = -MAX_POINTS if gives else 1
        if self.points is None and self.wanted is None and self.kind in FIRST:
            raise InvalidInput("Say how many points.")
        none = self.points == 0 and (self.wanted is not None or self.kind is CommandKind.CARRY_OVER)
        if self.points is not None and not none and (not least <= self.points <= MAX_POINTS or self.points == 0):
            raise InvalidInput(f"Points are a whole number from {least:,} to {MAX_POINTS:,}, and not 0.")
        if self.kind is CommandKind.GRANT and self.expires and (self.points or 0) < 0:
            raise InvalidInput("Points that are taken have no last day.")
        if gives and not self.brand:
            raise InvalidInput("Name the brand that gives the points.")
        if self.offline is not None and not (self.brand and self.points is not None):
            raise InvalidInput("Say at which brand, and how many points were used.")
        if self.kind is CommandKind.HOLD and not 1 <= self.seconds <= MAX_HOLD.total_seconds():
            raise InvalidInput(f"A hold lasts 1 second to {MAX_HOLD.days} days.")


@dataclass(slots=True)
class Redemption:
    """A redemption as it stands: `held` and `used` points by lot. `until`: when its hold is over (RFC 3339, UTC).
    `reward`: where it is one of a reward. `issued`: the coupon (id) where it is no redemption, but an issued coupon.
    `kinds`: those of its commands that the store has. `offline`: where a till carried it out without a connection."""

    key: str
    record: str
    brand: str | None = None
    until: str | None = None
    reward: RewardUse | None = None
    issued: str | None = None
    offline: OfflineUse | None = None
    kinds: set[str] = field(default_factory=set[str])
    held: Counter[Lot] = field(default_factory=Counter[Lot])
    used: Counter[Lot] = field(default_factory=Counter[Lot])

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Redemption:
        """From a redemption of `points_commands/guests`."""
        until = row["until"] and utc(datetime.fromisoformat(row["until"]))
        found = cls(row["key"], row["record"], row["brand"], until)
        found.kinds.update(row["kinds"])
        found.offline = OfflineUse.of_row(row["props"])
        if row["props"]["reward"] is not None:
            found.reward = RewardUse.of_row(row["props"], row["limits"], until)
            found.reward.stage = stage_of(found.kinds, open_=row["open"])
        elif CommandKind.ISSUE in found.kinds:
            found.issued = row["props"]["coupon"]
        for brand, expires, account, points in row["entries"]:
            found.add(Lot(brand, expires or ""), Account(account or Account.PROGRAMME), points)
        return found

    def over(self, now: datetime) -> bool:
        """Whether it began with a hold whose moment has passed."""
        return self.until is not None and datetime.fromisoformat(self.until) <= now

    @property
    def open(self) -> bool:
        """Whether something of it is set aside, or was and nobody has written yet that its hold is over."""
        return bool(+self.held) or (self.reward is not None and self.reward.stage is Stage.HELD)

    def holds(self, now: datetime) -> bool:
        """Whether something of it is set aside at this moment."""
        return self.open and not self.over(now)

    def add(self, lot: Lot, account: Account, points: int) -> None:
        """Takes one entry in: what leaves the points in hand is held or used from then on."""
        if account is Account.HELD:
            self.held[lot] -= points
        elif account is Account.REDEEMED:
            self.used[lot] -= points


@dataclass(frozen=True, slots=True)
class Movement:
    """Points that come into hand in a lot from another account, or leave it where negative."""

    lot: Lot
    points: int
    account: Account
    kind: LedgerKind

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Movement:
        """From the row of a ledger entry."""
        lot = Lot(row["brand"], row["expires"] or "")
        return cls(lot, row["points"], Account(row["account"] or Account.PROGRAMME), LedgerKind(row["kind"]))


def decide(command: Command, guest: PointsBalance, redemption: Redemption, now: datetime) -> list[Movement]:
    """What a command moves. `guest` is the balance of the whole customer, `redemption` the one that it is about: a new
    one for a first command. Raises NotEnoughPoints, HoldIsOver, InvalidInput."""
    if command.kind not in FIRST and redemption.reward is not None:
        return _of_reward(command, redemption, redemption.reward, now)
    match command.kind:
        case CommandKind.ISSUE:
            return []
        case CommandKind.REDEEM if command.offline is not None:
            lot = Lot(command.brand or "", "")
            return _used(overdraw(guest, command.points or 0, lot, command.lots_of))
        case CommandKind.REDEEM:
            return _used(take(guest, command.points or 0, command.lots_of))
        case CommandKind.HOLD:
            taken = take(guest, command.points or 0, command.lots_of)
            return [Movement(lot, -points, Account.HELD, LedgerKind.HOLD) for lot, points in taken.items()]
        case CommandKind.GRANT:
            return _granted(command, guest)
        case CommandKind.CARRY_OVER:
            return _carried_over(command, guest)
        case CommandKind.RELEASE:
            held = +redemption.held
            if not held:
                raise InvalidInput("Nothing is held any more.")
            return released(held if command.points is None else split(held, command.points))
        case CommandKind.CAPTURE:
            return _captured(command, redemption, now)
        case CommandKind.REVERSE:
            used = +redemption.used
            if not used:
                raise InvalidInput("Nothing of this is used that could be given back.")
            back = used if command.points is None else split(used, command.points)
            return [Movement(lot, points, Account.REDEEMED, LedgerKind.REVERSE) for lot, points in back.items()]


STAGES = {
    CommandKind.REDEEM: Stage.USED,
    CommandKind.HOLD: Stage.HELD,
    CommandKind.CAPTURE: Stage.USED,
    CommandKind.RELEASE: Stage.BACK,
    CommandKind.REVERSE: Stage.BACK,
}
"""Where a command brings a reward."""


def stage_of(kinds: Collection[str], *, open_: bool) -> Stage:
    """Where commands of these kinds, the first one among them, have brought a reward. `open_`: whether its hold is not
    known to be over."""
    for kind in (CommandKind.REVERSE, CommandKind.RELEASE, CommandKind.CAPTURE, CommandKind.REDEEM):
        if kind in kinds:
            return STAGES[kind]
    return Stage.HELD if open_ else Stage.BACK


def _of_reward(command: Command, redemption: Redemption, reward: RewardUse, now: datetime) -> list[Movement]:
    if command.points is not None:
        raise InvalidInput("A reward is captured, released and reversed whole.", hint="Leave points out.")
    if command.kind is CommandKind.REVERSE:
        if reward.stage is not Stage.USED:
            raise InvalidInput("Nothing of this is used that could be given back.")
        return [Movement(lot, back, Account.REDEEMED, LedgerKind.REVERSE) for lot, back in (+redemption.used).items()]
    if reward.stage is not Stage.USED and redemption.over(now) and command.kind is CommandKind.CAPTURE:
        raise HoldIsOver("The hold is over; its points are in hand again.")
    if reward.stage is not Stage.HELD:
        raise InvalidInput("Nothing is held any more.")
    held = +redemption.held
    return released(held) + (_used(held) if command.kind is CommandKind.CAPTURE else [])


def _captured(command: Command, redemption: Redemption, now: datetime) -> list[Movement]:
    held = +redemption.held
    if redemption.over(now) and not +redemption.used:
        raise HoldIsOver("The hold is over; its points are in hand again.")
    if not held:
        raise InvalidInput("Nothing is held any more.")
    total = sum(held.values())
    rest = split(held, total - min(command.points or total, total))
    if (command.points or total) > total:
        raise InvalidInput(f"Only {total} points are held.")
    # What is not captured comes back, so that a hold ends with its capture.
    return released(held) + _used({lot: left for lot in held if (left := held[lot] - rest.get(lot, 0))})


def _used(lots: Mapping[Lot, int]) -> list[Movement]:
    return [Movement(lot, -points, Account.REDEEMED, LedgerKind.REDEEM) for lot, points in lots.items()]


def released(lots: Mapping[Lot, int]) -> list[Movement]:
    """What gives these held points back."""
    return [Movement(lot, points, Account.HELD, LedgerKind.RELEASE) for lot, points in lots.items()]


def _granted(command: Command, guest: PointsBalance) -> list[Movement]:
    points = command.points or 0
    if points > 0:
        lot = Lot(command.brand or "", command.expires)
        return [Movement(lot, points, Account.GRANTED, LedgerKind.GRANT)]
    taken = take(guest, -points, frozenset((command.brand or "",)))
    return [Movement(lot, -taken, Account.GRANTED, LedgerKind.GRANT) for lot, taken in taken.items()]


def _carried_over(command: Command, guest: PointsBalance) -> list[Movement]:
    if not command.points:  # a balance of 0 moves nothing, and is known to be carried over all the same
        return []
    lot, lots = Lot(command.brand or "", command.expires), guest.in_hand.keys() | guest.expired.keys()
    if lot not in lots and len(lots) >= MAX_LOTS:
        raise InvalidInput(f"This guest has {MAX_LOTS} lots.", hint="Make one row of those that end in one month.")
    return [Movement(lot, command.points, Account.CARRIED_OVER, LedgerKind.CARRY_OVER)]


def apply(stats: Iterable[Stats], redemption: Redemption, moved: Iterable[Movement]) -> None:
    """Takes movements into the redemption, and into the sums of its record and of its customer."""
    changed = list(stats)
    for move in moved:
        redemption.add(move.lot, move.account, move.points)
        for one in changed:
            if move.account is Account.HELD and redemption.until is not None:
                one.hold(redemption.until, move.lot.key, -move.points)
            else:
                one.move(move.lot.key, move.points)


def entries(command: str, record: str, moved: Iterable[Movement], at: str, reason: str) -> Iterator[PointsEntry]:
    """The ledger entries of what a command moved: one for each lot and account."""
    for move in moved:
        yield PointsEntry(
            key=f"{command}:{move.kind}:{move.lot.key}",
            record=record,
            cause=command,
            at=at,
            points=move.points,
            kind=move.kind,
            brand=move.lot.brand,
            reason=reason,
            expires=move.lot.expires,
            account=move.account,
        )


def end_of_hold(command: Command, now: datetime) -> str | None:
    """When the points of a command come back by themselves (RFC 3339, UTC, whole seconds); None: it holds none."""
    if command.kind is not CommandKind.HOLD:
        return None
    return utc(now + timedelta(seconds=command.seconds))


def utc(at: datetime) -> str:
    """A moment as holds are kept by: RFC 3339, UTC, whole seconds."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
