"""Carries out commands about points and rewards in the store: each once, atomic, and decided behind locks.

    1. find    where the guests stand, and which commands were carried out before
    2. lock    their components, then the limits that their rewards share with other guests, and read sums, redemptions
               and counters; again, until the guests hold still
    3. write   commands, ledger entries, sums and counters

Each is one round trip, however many commands are carried out together. Intake takes the same locks of components, so
an order, a merge and a redemption of one guest follow each other, on any process. A command that is refused stops no
other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain

from domain.errors import (
    Conflict,
    HoldIsOver,
    InvalidInput,
    NotFound,
    RegularsError,
    TooManyHolds,
    Unavailable,
)
from domain.feed_event import feed_rows
from domain.stats import Stats
from graph.store.database import Database, DbTransaction, Row
from loyalty.cards import blocked
from loyalty.commands.command import FIRST, Command, CommandKind
from loyalty.commands.command_events import command_events
from loyalty.commands.command_rows import NAMED, NO_REWARD, asked_row, written_row
from loyalty.commands.points_guest import PointsGuest
from loyalty.commands.redemption import (
    MAX_HOLDS,
    STAGES,
    Movement,
    Redemption,
    allow,
    apply,
    decide,
    end_of_hold,
    entries,
    received,
    released,
    stage_of,
    utc,
)
from loyalty.commands.wanted_rewards import WantedRewards
from loyalty.ledger.lots import Lot, points_balance
from loyalty.offline.offline_redemption import judged
from loyalty.rewards.limit_counters import LimitCounter, Stage, has_reserve
from loyalty.rewards.reward_choice import RewardUse

FIND = ("points_commands/find",)
LOCK_AND_READ = ("identity/lock_components", "points_commands/guests")
LOCK_LIMITS_AND_READ = ("identity/lock_components", "points_commands/lock_limits", "points_commands/guests")
WRITE = ("points_commands/write", "feed/write")
_ROUNDS = 50
USES_POINTS = (CommandKind.REDEEM, CommandKind.HOLD, CommandKind.TRANSFER)
"""What a blocked card does not do."""


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What came of a command: the redemption as it stands, the customer by number, and the points `left` that a further
    command of the same caller could use. `new`: it was not carried out before."""

    redemption: Redemption
    number: str
    left: int
    new: bool


Outcome = CarriedOut | RegularsError
Settle = Callable[[DbTransaction, Sequence[Outcome]], Awaitable[None]]
_NO_COMMANDS: Mapping[str, Command] = {}


@dataclass(frozen=True, slots=True)
class PointsCommands:
    """Carries out commands in one database."""

    database: Database

    async def carry_out(self, command: Command, now: datetime) -> CarriedOut:
        """Durable when this returns. Commands that come at the same time share a transaction. Raises NotFound,
        InvalidInput, Conflict and its kinds, and Unavailable."""
        outcome: Outcome = await self.database.shared_writes.run("points_commands", (command, now), self._together)
        if isinstance(outcome, RegularsError):
            raise outcome
        return outcome

    async def _together(self, asked: Sequence[tuple[Command, datetime]]) -> list[Outcome]:
        return await self.carry_out_all([command for command, _ in asked], max(now for _, now in asked))

    async def carry_out_all(
        self, commands: Sequence[Command], now: datetime, *, whole: bool = False, settle: Settle | None = None
    ) -> list[Outcome]:
        """An outcome for each command, in their order, all in one transaction. `whole`: where one is refused, none is
        carried out; the outcomes of the others say what would have come of them. `settle` gets the outcomes behind the
        locks, before they are written; if it raises, nothing is. Raises Unavailable."""
        return await self.database.write(
            "points_commands", lambda tx: _Try(tx, now).run(commands, whole=whole, settle=settle)
        )

    async def repeat(self, redemptions: Sequence[Row]) -> int:
        """Writes redemptions of a history (rows of `history/redemptions`) into a store that has their source records.
        They are facts: nothing is decided again. What the store has already is left alone. Gives how many have no
        source record here. Raises Unavailable."""
        asked = [{"key": row["key"], "record": row["record"]} for row in redemptions]

        async def work(tx: DbTransaction) -> int:
            return await _Try(tx, datetime.now(UTC)).repeat({row["key"]: row for row in redemptions}, asked)

        return await self.database.write("points_commands", work)


@dataclass(slots=True)
class _Try:
    """One try. All that it works on is read anew, so nothing of a failed one is left. `now` decides what is over, and
    `at` is when it is written: behind the locks, as what is written later must not look older."""

    tx: DbTransaction
    now: datetime
    at: str = ""
    guests: dict[str, PointsGuest] = field(default_factory=dict[str, PointsGuest])
    written: list[Row] = field(default_factory=list[Row])
    entries: list[Row] = field(default_factory=list[Row])
    changed: dict[str, tuple[PointsGuest, Redemption]] = field(
        default_factory=dict[str, tuple[PointsGuest, Redemption]]
    )
    rows: Mapping[str, Row] = field(default_factory=dict[str, Row])
    limits: dict[str, LimitCounter] = field(default_factory=dict[str, LimitCounter])
    wanted: WantedRewards = field(init=False)

    def __post_init__(self) -> None:
        self.wanted = WantedRewards(self.now)

    async def run(self, commands: Sequence[Command], *, whole: bool, settle: Settle | None) -> list[Outcome]:
        once = dict[str, Command]()
        for command in commands:
            once.setdefault(command.key, command)
        sides = [side for command in once.values() for side in (command, command.other_side) if side is not None]
        guests = self.rows = await self._read([asked_row(side, self.now) for side in sides], once)
        outcomes: list[Outcome] = []
        by_key: dict[str, tuple[Command, Outcome]] = {}
        for command in commands:
            if command.key in by_key:  # sent twice at the same moment
                first, outcome = by_key[command.key]
                outcomes.append(_again(outcome) if first.asked == command.asked else _another())
                continue
            outcome = self._outcome(command, guests)
            by_key[command.key] = command, outcome
            outcomes.append(outcome)
        if settle is not None:
            await settle(self.tx, outcomes)
        refused = any(isinstance(outcome, RegularsError) for outcome in outcomes)
        if self.changed and not (whole and refused):
            await self._write()
        return outcomes

    async def repeat(self, redemptions: Mapping[str, Row], asked: Sequence[Row]) -> int:
        # Rows that the release before wrote into a journal say nothing of rewards.
        commands = [NO_REWARD | command for row in redemptions.values() for command in row["commands"]]
        guests = await self._read(asked, limits={key for command in commands for key, _ in command["limits"]})
        booked = [entry for row in redemptions.values() for entry in row["entries"]]
        [answer] = await self.tx.run(
            "points_commands/known",
            batch={"commands": [row["key"] for row in commands], "entries": [row["key"] for row in booked]},
        )
        known, lost = set(answer["known"]), 0
        for key, row in redemptions.items():
            if key not in guests:
                lost += 1
                continue
            guest, until = self._guest(guests[key]), row["until"] and utc(datetime.fromisoformat(row["until"]))
            redemption = guest.redemptions.setdefault(key, Redemption(key, row["record"], until=until))
            mine = [NO_REWARD | command for command in row["commands"]]
            self._repeat_limits(redemption, mine, known)
            fresh = [entry for entry in row["entries"] if entry["key"] not in known]
            apply(
                (guest.records[redemption.record], guest.stats), redemption, [Movement.of_row(entry) for entry in fresh]
            )
            self.entries += fresh
            self.written += ({"record": row["record"]} | one for one in mine if one["key"] not in known)
            self.changed[key] = guest, redemption
        if self.written or self.entries:
            await self._write()
        return lost

    def _repeat_limits(self, redemption: Redemption, commands: Sequence[Row], known: Collection[str]) -> None:
        """Brings the reward of a redemption to where all of its commands, here and in the history, have brought it.
        What else counts against a limit counts once."""
        redemption.kinds.update(command["kind"] for command in commands)
        for first in commands:
            if redemption.reward is None and first["of"] is None and first["props"]["reward"] is not None:
                props = first["props"] | {"brand": first["brand"], "at": first["at"]}
                redemption.reward = RewardUse.of_row(props, first["limits"], redemption.until)
                redemption.reward.stage = Stage.BACK
        if redemption.reward is not None:
            redemption.reward.move(stage_of(redemption.kinds, open_=True), self.limits)
            return
        for key, amount in chain.from_iterable(one["limits"] for one in commands if one["key"] not in known):
            self.limits[key].used += amount

    async def _read(
        self, asked: Sequence[Row], commands: Mapping[str, Command] = _NO_COMMANDS, limits: Collection[str] = ()
    ) -> Mapping[str, Row]:
        """The guest's row of each command, by its key, behind the locks; none where there is no such guest. Counters of
        `limits`, and of those that redemptions and wanted rewards have, are in `self.limits`."""
        asked = [NAMED | row for row in asked]
        [answer] = await self.tx.run(*FIND, batch={"commands": asked})
        locks = set(answer["components"])
        keys = {*limits, *chain.from_iterable(answer["limits"])}
        for row in asked:
            if (command := commands.get(row["key"])) is not None and command.wanted is not None:
                keys |= self.wanted.choose(command, command.wanted, row, dict(answer["coupons"]))
            if command is not None and command.allowance is not None and command.allowance.key is not None:
                keys.add(command.allowance.key)
        names = LOCK_LIMITS_AND_READ if keys else LOCK_AND_READ
        for _ in range(_ROUNDS):
            [answer] = await self.tx.run(
                *names, batch={"locks": sorted(locks), "limits": sorted(keys), "commands": asked}
            )
            self.at = datetime.now(UTC).isoformat()
            self.limits = {key: LimitCounter.of_row(key, used, holds) for key, used, holds in answer["limits"]}
            guests = {row["key"]: row for row in answer["guests"]}
            stand = {row["component"] for row in guests.values() if row["component"] is not None}
            if stand <= locks:
                return guests
            locks |= stand
        raise Unavailable("The components of these guests do not hold still.", hint="Try again; nothing was done.")

    def _outcome(self, command: Command, rows: Mapping[str, Row]) -> Outcome:
        try:
            return self._carried_out(command, rows)
        except RegularsError as error:
            return error

    def _carried_out(self, command: Command, rows: Mapping[str, Row]) -> CarriedOut:
        if (row := rows.get(command.key)) is None:
            raise NotFound("There is no such customer." if command.kind in FIRST else "There is no such redemption.")
        guest = self._guest(row)
        if row["asked"] is not None:
            if row["asked"] != command.asked:
                raise _another()
            return self._answer(command, guest, guest.redemptions[row["first"]], new=False)
        if row["cardBlocked"] and command.kind in USES_POINTS and command.offline is None:
            raise blocked()
        if not row["brandKnown"]:
            raise InvalidInput("There is no such brand.", hint="Name a brand that has orders or stores.")
        self._end_holds(guest)
        redemption = self._redemption(command, guest, row)
        balance = points_balance(guest.stats.lots, guest.stats.holds, self.now)
        points = command.points
        if command.kind is CommandKind.ISSUE:
            redemption.issued = guest.new_code(command.wanted, self.now)
        elif command.kind in FIRST and command.wanted is not None:
            usable = balance.usable(command.lots_of)
            use, points = self.wanted.use(command, guest, usable, self.limits, self.rows)
            redemption.reward = use and replace(use, at=self.at, until=redemption.until)
        if command.offline is not None:
            before = [one.offline for one in guest.redemptions.values() if one.offline is not None]
            redemption.offline = judged(command.offline, points or 0, balance.usable(command.lots_of), before)
        moved = decide(replace(command, points=points), balance, redemption, self.now)
        self._require_reserve(command, redemption)
        holds = sum(one.holds(self.now) for one in guest.redemptions.values())
        if command.kind is CommandKind.HOLD and holds >= MAX_HOLDS:
            raise TooManyHolds(f"{MAX_HOLDS} holds are open.")
        other, arrived = self._other_side(command, guest, redemption, rows), list[Movement]()
        if other is not None:
            _, receiver, _ = other
            balance = points_balance(receiver.stats.lots, receiver.stats.holds, self.now)
            arrived = received(moved, None if receiver is guest else balance)
        if command.kind is CommandKind.TRANSFER:  # without a number it gives all that there are
            command = replace(command, points=-sum(move.points for move in moved))
        allow(command, guest.given, self.limits)
        # From here on nothing is refused: both sides of a transfer are carried out, or none.
        if other is not None:
            its, receiver, at_receiver = other
            self._carry(its, receiver, at_receiver, arrived)
        self._carry(command, guest, redemption, moved)
        return self._answer(command, guest, redemption, new=True)

    def _carry(self, command: Command, guest: PointsGuest, redemption: Redemption, moved: Sequence[Movement]) -> None:
        guest.redemptions[redemption.key] = redemption
        redemption.kinds.add(command.kind)
        why = redemption.proposal.reason if redemption.proposal is not None else command.reason
        self._move(command.key, guest, redemption, moved, command.kind, why)
        if redemption.reward is not None:
            redemption.reward.move(STAGES[command.kind], self.limits)
        self.written.append(written_row(command, redemption, self.at))

    def _other_side(
        self, command: Command, guest: PointsGuest, redemption: Redemption, rows: Mapping[str, Row]
    ) -> tuple[Command, PointsGuest, Redemption] | None:
        """The guest who gets what a transfer gives, or from whom its reversal takes. Raises NotFound where nobody is
        named, and InvalidInput where both are one guest."""
        other = command.other_side
        if other is None or (command.kind is CommandKind.REVERSE and not redemption.given):
            return None
        if (row := rows.get(other.key)) is None:
            raise NotFound("Nobody, or more than one customer, is named to get the points.")
        receiver = self._guest(row)
        if receiver is guest and command.kind is CommandKind.TRANSFER:
            raise InvalidInput("Both are the same guest.", hint="Name another guest to get the points.")
        self._end_holds(receiver)
        return other, receiver, self._redemption(other, receiver, row)

    def _guest(self, row: Row) -> PointsGuest:
        if (guest := self.guests.get(row["number"])) is None:
            guest = self.guests[row["number"]] = PointsGuest(row["number"], Stats.from_json(row["stats"]), row["tier"])
        guest.add(row)
        return guest

    def _redemption(self, command: Command, guest: PointsGuest, row: Row) -> Redemption:
        """The redemption that a command is about; a new one for a first command."""
        if command.of is None:
            record, _ = row["asker"]
            return Redemption(command.key, record, command.brand, end_of_hold(command, self.now))
        redemption = guest.redemptions[command.of]
        if command.lots_of is not None and redemption.brand not in command.lots_of:
            raise NotFound("There is no such redemption.")
        return redemption

    def _require_reserve(self, command: Command, redemption: Redemption) -> None:
        """Raises HoldIsOver where what a hold set aside of a limit is set aside no more."""
        reward, until = redemption.reward, redemption.until
        if command.kind is not CommandKind.CAPTURE or reward is None or until is None:
            return
        if not has_reserve(self.limits, reward.takes, until):
            raise HoldIsOver("The hold is over; what it set aside is free again.")

    def _end_holds(self, guest: PointsGuest) -> None:
        """Books that points came back of holds that are over: they count as in hand already."""
        for redemption in guest.redemptions.values():
            if redemption.over(self.now) and redemption.open:
                self._move(redemption.key, guest, redemption, released(+redemption.held), "over")
                if redemption.reward is not None:
                    redemption.reward.stage = Stage.BACK  # its limits have it back without a word

    def _move(
        self,
        command: str,
        guest: PointsGuest,
        redemption: Redemption,
        moved: Sequence[Movement],
        *why: str | None,
    ) -> None:
        apply((guest.records[redemption.record], guest.stats), redemption, moved)
        about = ("points", *why) if redemption.reward is None else ("reward", *why, redemption.reward.reward)
        reason = ".".join(filter(None, about))
        booked = entries(command, redemption.record, moved, self.at, reason)
        self.entries += (entry.row() for entry in booked)
        self.changed[redemption.key] = guest, redemption

    def _answer(self, command: Command, guest: PointsGuest, redemption: Redemption, *, new: bool) -> CarriedOut:
        balance = points_balance(guest.stats.lots, guest.stats.holds, self.now)
        # A copy, as later commands of the batch go on with it. What a hold held that is over is in hand again.
        held = Counter[Lot]() if redemption.over(self.now) else Counter(redemption.held)
        reward = redemption.reward and replace(redemption.reward)
        answered = replace(redemption, held=held, used=Counter(redemption.used), reward=reward)
        return CarriedOut(answered, guest.number, balance.usable(command.lots_of), new)

    async def _write(self) -> None:
        began = {row["key"] for row in self.written if row["until"] is not None}
        holds = {key for key, (_, one) in self.changed.items() if one.until is not None}
        records = {one.record: guest.records[one.record] for guest, one in self.changed.values()}
        customers = {guest.number: guest.stats for guest, _ in self.changed.values()}
        await self.tx.run(
            *WRITE,
            batch={
                "feed": feed_rows(command_events(self.entries, self.written, self.changed.values())),
                "commands": self.written,
                "entries": self.entries,
                "held": sorted(key for key in began if self.changed[key][1].open),
                "ended": sorted(key for key in holds - began if not self.changed[key][1].open),
                "limits": [counter.row(self.now) for _, counter in sorted(self.limits.items())],
                "records": [{"key": key, "stats": stats.to_json()} for key, stats in sorted(records.items())],
                "customers": [
                    {"number": number, "stats": stats.to_json(), "points": stats.unspent}
                    for number, stats in sorted(customers.items())
                ],
            },
        )


def _again(outcome: Outcome) -> Outcome:
    if isinstance(outcome, RegularsError):
        return outcome
    return CarriedOut(outcome.redemption, outcome.number, outcome.left, new=False)


def _another() -> Conflict:
    return Conflict("This requestId was used for something else.", hint="Use a new requestId for each request.")
