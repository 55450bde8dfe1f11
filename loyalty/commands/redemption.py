"""Redemptions: points and rewards that a guest uses, at once or first set aside. Pure functions of what the store says.

A command is decided once, behind the lock of the guest's component, and is a fact from then on: it is never decided
again, also where the guest turns out to be two people. It hangs on one source record. A redemption is its first command
(redeem, or hold) and those that followed; what is held and used of it is the fold of their entries. A reward is used
whole: its redemption is captured, released and reversed whole, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from domain.errors import (
    Conflict,
    DayLimitReached,
    HoldIsOver,
    InvalidInput,
    NotAllowed,
    NotEnoughPoints,
    NotFound,
)
from domain.stats import Stats
from loyalty.commands.command import FIRST, Command, CommandKind
from loyalty.ledger.ledger import Account, LedgerKind, PointsEntry
from loyalty.ledger.lots import Lot, PointsBalance, overdraw, split, take
from loyalty.offline.offline_redemption import OfflineUse
from loyalty.rewards.limit_counters import LimitCounter, Stage
from loyalty.rewards.reward_choice import RewardUse

MAX_HOLDS = 20
"""Holds that a guest may have at a time."""
MAX_LOTS = 500
"""Lots that a guest may have, for points in a further one to be carried over, or given by another guest."""


class Proposal(NamedTuple):
    """Points that `actor` proposes to give, or to take where negative, with their last day (ISO date; empty: none)."""

    actor: str
    points: int
    expires: str
    reason: str | None


@dataclass(slots=True)
class Redemption:
    """A redemption as it stands: `held` and `used` points by lot. Points that were given to another guest are used; at
    that guest they are below zero. `until`: when its hold is over (RFC 3339, UTC).
    `reward`: where it is one of a reward. `issued`: the coupon (id) where it is no redemption, but an issued coupon.
    `proposal`: where it is one of a grant. `offline`: where a till carried it out without a connection. `kinds`: those
    of its commands that the store has."""

    key: str
    record: str
    brand: str | None = None
    until: str | None = None
    reward: RewardUse | None = None
    issued: str | None = None
    proposal: Proposal | None = None
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
        elif CommandKind.PROPOSE in found.kinds:
            said = row["props"]
            found.proposal = Proposal(said["actor"], said["points"], said["expires"], said["reason"])
        for brand, expires, account, points in row["entries"]:
            found.add(Lot(brand, expires or ""), Account(account or Account.PROGRAMME), points)
        return found

    def over(self, now: datetime) -> bool:
        """Whether it began with a hold whose moment has passed."""
        return self.until is not None and datetime.fromisoformat(self.until) <= now

    @property
    def given(self) -> bool:
        """Whether its points went to another guest."""
        return CommandKind.TRANSFER in self.kinds

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
        elif account in (Account.REDEEMED, Account.TRANSFERRED):
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
    one for a first command. Raises NotEnoughPoints, HoldIsOver, InvalidInput, NotAllowed."""
    if command.kind in (CommandKind.APPROVE, CommandKind.DECLINE):
        return _answered(command, guest, redemption, now)
    if command.kind not in FIRST and redemption.reward is not None:
        return _of_reward(command, redemption, redemption.reward, now)
    match command.kind:
        case CommandKind.ISSUE | CommandKind.RECEIVE | CommandKind.PROPOSE:
            return []
        case CommandKind.TRANSFER:
            # With nothing to give, one point is asked for, so that it is refused.
            points = command.points or guest.usable(command.lots_of) or 1
            taken = take(guest, points, command.lots_of)
            return [_given(lot, -points) for lot, points in taken.items()]
        case CommandKind.REDEEM if command.offline is not None:
            lot = Lot(command.brand or "", "")
            return _used(overdraw(guest, command.points or 0, lot, command.lots_of))
        case CommandKind.REDEEM:
            return _used(take(guest, command.points or 0, command.lots_of))
        case CommandKind.HOLD:
            taken = take(guest, command.points or 0, command.lots_of)
            return [Movement(lot, -points, Account.HELD, LedgerKind.HOLD) for lot, points in taken.items()]
        case CommandKind.GRANT:
            return _granted(command.points or 0, Lot(command.brand or "", command.expires), guest)
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
            if redemption.given:
                if not command.transfers:
                    raise NotAllowed("You may not take back what one guest gave to another.")
                return [_given(lot, points) for lot, points in back.items()]
            return [Movement(lot, points, Account.REDEEMED, LedgerKind.REVERSE) for lot, points in back.items()]


def received(moved: Iterable[Movement], receiver: PointsBalance | None) -> list[Movement]:
    """What a transfer, or its reversal, moves at the guest who gets the points. `receiver`: that guest's balance; None:
    giver and receiver are one guest by now, who loses nothing. Raises NotEnoughPoints and InvalidInput."""
    mirrored = [replace(move, points=-move.points) for move in moved]
    if receiver is None:
        return mirrored
    if any(receiver.in_hand.get(move.lot, 0) < -move.points for move in mirrored):
        raise NotEnoughPoints("The guest who got these points has used some of them, or their last day is over.")
    gets = {move.lot for move in mirrored if move.points > 0}
    if gets and len(receiver.in_hand.keys() | receiver.expired.keys() | gets) > MAX_LOTS:
        raise InvalidInput(f"The guest who gets the points would have more than {MAX_LOTS} lots.")
    return mirrored


def _given(lot: Lot, points: int) -> Movement:
    return Movement(lot, points, Account.TRANSFERRED, LedgerKind.TRANSFER)


def allow(command: Command, given: LimitCounter, limits: Mapping[str, LimitCounter]) -> None:
    """Counts what a command gives or takes against its allowance, also if it is reversed later. `given` is what the
    guest gave to others on this day, whoever asked for it. Raises DayLimitReached."""
    points, counters = abs(command.points or 0), [given] if command.kind is CommandKind.TRANSFER else []
    if command.allowance is not None:
        key, most = command.allowance
        counter = given if key is None else limits[key]
        if counter.used + points > most:
            left = max(most - counter.used, 0)
            raise DayLimitReached(f"You may give or take {left:,} more points today.", hint="Days are those of UTC.")
        counters += [] if key is None else [counter]
    for counter in counters:
        counter.used += points


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


def _answered(command: Command, guest: PointsBalance, redemption: Redemption, now: datetime) -> list[Movement]:
    """What somebody else's answer to a proposal moves. Nobody answers an own proposal."""
    proposal = redemption.proposal
    if proposal is None:
        raise NotFound("There is no such proposal.")
    if redemption.kinds & {CommandKind.APPROVE, CommandKind.DECLINE}:
        raise Conflict("This proposal is answered already.", hint="Nothing is left to do.")
    if proposal.actor == command.actor:
        raise InvalidInput("You proposed this yourself.", hint="Ask somebody else to approve or to decline it.")
    if command.kind is CommandKind.DECLINE:
        return []
    if proposal.expires and proposal.expires < now.astimezone(UTC).date().isoformat():
        raise InvalidInput("The last day of these points is over.", hint="Decline it, and propose them anew.")
    return _granted(proposal.points, Lot(redemption.brand or "", proposal.expires), guest)


def _granted(points: int, lot: Lot, guest: PointsBalance) -> list[Movement]:
    """`lot`: of points that are given. Those that are taken are of its brand."""
    if points > 0:
        return [Movement(lot, points, Account.GRANTED, LedgerKind.GRANT)]
    taken = take(guest, -points, frozenset((lot.brand,)))
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
