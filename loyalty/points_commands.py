"""Carries out commands about points in the store: each once, atomic, and decided behind the lock of the guest.

    1. find    where the guests stand, and which commands were carried out before
    2. lock    their components, and read their sums and redemptions; again, until they hold still
    3. write   commands, ledger entries and sums

Each is one round trip, however many commands are carried out together. Intake takes the same locks, so an order, a
merge and a redemption of one guest follow each other, on any process. A command that is refused stops no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from domain.errors import Conflict, InvalidInput, NotFound, RegularsError, TooManyHolds, Unavailable
from domain.feed_event import feed_rows
from domain.stats import Stats
from graph.store.database import Database, DbTransaction, Row
from loyalty.lots import Lot, points_balance
from loyalty.points_events import points_events
from loyalty.redemption import (
    FIRST,
    MAX_HOLDS,
    Command,
    CommandKind,
    Movement,
    Redemption,
    apply,
    decide,
    end_of_hold,
    entries,
    released,
    utc,
)

LOCK_AND_READ = ("identity/lock_components", "points_commands/guests")
_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What came of a command: the redemption as it stands, the customer by number, and the points `left` that a further
    command of the same caller could use. `new`: it was not carried out before."""

    redemption: Redemption
    number: str
    left: int
    new: bool


Outcome = CarriedOut | RegularsError


@dataclass(frozen=True, slots=True)
class PointsCommands:
    """Carries out commands in one database."""

    database: Database

    async def carry_out(self, command: Command, now: datetime) -> CarriedOut:
        """Durable when this returns. Commands that come at the same time share a transaction. Raises NotFound,
        InvalidInput, Conflict and its kinds, and Unavailable."""
        outcome: Outcome = await self.database.shared_runs.run("points_commands", (command, now), self._together)
        if isinstance(outcome, RegularsError):
            raise outcome
        return outcome

    async def _together(self, asked: Sequence[tuple[Command, datetime]]) -> list[Outcome]:
        return await self.carry_out_all([command for command, _ in asked], max(now for _, now in asked))

    async def carry_out_all(self, commands: Sequence[Command], now: datetime) -> list[Outcome]:
        """An outcome for each command, in their order, all in one transaction. Raises Unavailable."""

        async def work(tx: DbTransaction) -> list[Outcome]:
            return await _Try(tx, now).run(commands)

        return await self.database.write("points_commands", work)

    async def repeat(self, redemptions: Sequence[Row]) -> int:
        """Writes redemptions of a history (rows of `history/redemptions`) into a store that has their source records.
        They are facts: nothing is decided again. What the store has already is left alone. Gives how many have no
        source record here. Raises Unavailable."""
        asked = [{"key": row["key"], "record": row["record"]} for row in redemptions]

        async def work(tx: DbTransaction) -> int:
            return await _Try(tx, datetime.now(UTC)).repeat({row["key"]: row for row in redemptions}, asked)

        return await self.database.write("points_commands", work)


@dataclass(slots=True)
class _Guest:
    """A customer behind the lock: working copies of its sums, of those of the records that may change, and of its
    redemptions, by their keys."""

    number: str
    stats: Stats
    records: dict[str, Stats] = field(default_factory=dict[str, Stats])
    redemptions: dict[str, Redemption] = field(default_factory=dict[str, Redemption])

    def add(self, row: Row) -> None:
        """What a row of `points_commands/guests` says, where it is not known."""
        for one in row["redemptions"]:
            if one["key"] not in self.redemptions:
                self.redemptions[one["key"]] = Redemption.of_row(one)
                self._add_record(one["record"], one["stats"])
        if row["asker"] is not None:
            self._add_record(*row["asker"])

    def _add_record(self, key: str, stats: str | None) -> None:
        if key not in self.records:
            self.records[key] = Stats.from_json(stats)


@dataclass(slots=True)
class _Try:
    """One try. All that it works on is read anew, so nothing of a failed one is left. `now` decides what is over, and
    `at` is when it is written: behind the locks, as what is written later must not look older."""

    tx: DbTransaction
    now: datetime
    at: str = ""
    guests: dict[str, _Guest] = field(default_factory=dict[str, _Guest])
    written: list[Row] = field(default_factory=list[Row])
    entries: list[Row] = field(default_factory=list[Row])
    changed: dict[str, tuple[_Guest, Redemption]] = field(default_factory=dict[str, tuple[_Guest, Redemption]])

    async def run(self, commands: Sequence[Command]) -> list[Outcome]:
        once = {command.key: command for command in reversed(commands)}
        guests = await self._read([_named(command) for command in once.values()])
        outcomes: list[Outcome] = []
        by_key: dict[str, tuple[Command, Outcome]] = {}
        for command in commands:
            if command.key in by_key:  # sent twice at the same moment
                first, outcome = by_key[command.key]
                outcomes.append(_again(outcome) if first.asked == command.asked else _another())
                continue
            outcome = self._outcome(command, guests.get(command.key))
            by_key[command.key] = command, outcome
            outcomes.append(outcome)
        if self.entries:
            await self._write()
        return outcomes

    async def repeat(self, redemptions: Mapping[str, Row], asked: Sequence[Row]) -> int:
        guests = await self._read(asked)
        commands = [command for row in redemptions.values() for command in row["commands"]]
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
            fresh = [entry for entry in row["entries"] if entry["key"] not in known]
            apply(
                (guest.records[redemption.record], guest.stats), redemption, [Movement.of_row(entry) for entry in fresh]
            )
            self.entries += fresh
            self.written += ({"record": row["record"]} | one for one in row["commands"] if one["key"] not in known)
            self.changed[key] = guest, redemption
        if self.written or self.entries:
            await self._write()
        return lost

    async def _read(self, asked: Sequence[Row]) -> Mapping[str, Row]:
        """The guest's row of each command, by its key, behind the locks; none where there is no such guest."""
        asked = [_NAMED | row for row in asked]
        [answer] = await self.tx.run("points_commands/find", batch={"commands": asked})
        locks = set(answer["components"])
        for _ in range(_ROUNDS):
            [answer] = await self.tx.run(*LOCK_AND_READ, batch={"locks": sorted(locks), "commands": asked})
            self.at = datetime.now(UTC).isoformat()
            guests = {row["key"]: row for row in answer["guests"]}
            stand = {row["component"] for row in guests.values() if row["component"] is not None}
            if stand <= locks:
                return guests
            locks |= stand
        raise Unavailable("The components of these guests do not hold still.", hint="Try again; nothing was done.")

    def _outcome(self, command: Command, row: Row | None) -> Outcome:
        try:
            return self._carried_out(command, row)
        except RegularsError as error:
            return error

    def _carried_out(self, command: Command, row: Row | None) -> CarriedOut:
        if row is None:
            raise NotFound("There is no such customer." if command.kind in FIRST else "There is no such redemption.")
        guest = self._guest(row)
        if row["asked"] is not None:
            if row["asked"] != command.asked:
                raise _another()
            return self._answer(command, guest, guest.redemptions[row["first"]], new=False)
        if not row["brandKnown"]:
            raise InvalidInput("There is no such brand.", hint="Name a brand that has orders or stores.")
        self._end_holds(guest)
        redemption = self._redemption(command, guest, row)
        balance = points_balance(guest.stats.lots, guest.stats.holds, self.now)
        moved = decide(command, balance, redemption, self.now)
        holds = sum(one.holds(self.now) for one in guest.redemptions.values())
        if command.kind is CommandKind.HOLD and holds >= MAX_HOLDS:
            raise TooManyHolds(f"{MAX_HOLDS} holds are open.")
        guest.redemptions[redemption.key] = redemption
        reason = ".".join(filter(None, ("points", command.kind, command.reason)))
        self._move(command.key, guest, redemption, moved, reason)
        self.written.append(_row(command, redemption, self.at))
        return self._answer(command, guest, redemption, new=True)

    def _guest(self, row: Row) -> _Guest:
        if (guest := self.guests.get(row["number"])) is None:
            guest = self.guests[row["number"]] = _Guest(row["number"], Stats.from_json(row["stats"]))
        guest.add(row)
        return guest

    def _redemption(self, command: Command, guest: _Guest, row: Row) -> Redemption:
        """The redemption that a command is about; a new one for a first command."""
        if command.of is None:
            record, _ = row["asker"]
            return Redemption(command.key, record, command.brand, end_of_hold(command, self.now))
        redemption = guest.redemptions[command.of]
        if command.lots_of is not None and redemption.brand not in command.lots_of:
            raise NotFound("There is no such redemption.")
        return redemption

    def _end_holds(self, guest: _Guest) -> None:
        """Books that points came back of holds that are over: they count as in hand already."""
        for redemption in guest.redemptions.values():
            if redemption.over(self.now) and (held := +redemption.held):
                self._move(redemption.key, guest, redemption, released(held), "points.over")

    def _move(
        self, command: str, guest: _Guest, redemption: Redemption, moved: Sequence[Movement], reason: str
    ) -> None:
        apply((guest.records[redemption.record], guest.stats), redemption, moved)
        booked = entries(command, redemption.record, moved, self.at, reason)
        self.entries += (entry.row() for entry in booked)
        self.changed[redemption.key] = guest, redemption

    def _answer(self, command: Command, guest: _Guest, redemption: Redemption, *, new: bool) -> CarriedOut:
        balance = points_balance(guest.stats.lots, guest.stats.holds, self.now)
        # A copy, as later commands of the batch go on with it. What a hold held that is over is in hand again.
        held = Counter[Lot]() if redemption.over(self.now) else Counter(redemption.held)
        answered = replace(redemption, held=held, used=Counter(redemption.used))
        return CarriedOut(answered, guest.number, balance.usable(command.lots_of), new)

    async def _write(self) -> None:
        began = {row["key"] for row in self.written if row["until"] is not None}
        holds = {key for key, (_, one) in self.changed.items() if one.until is not None}
        records = {one.record: guest.records[one.record] for guest, one in self.changed.values()}
        customers = {guest.number: guest.stats for guest, _ in self.changed.values()}
        await self.tx.run(
            "points_commands/write",
            "feed/write",
            batch={
                "feed": feed_rows(points_events(self.entries)),
                "commands": self.written,
                "entries": self.entries,
                "held": sorted(key for key in began if +self.changed[key][1].held),
                "ended": sorted(key for key in holds - began if not +self.changed[key][1].held),
                "records": [{"key": key, "stats": stats.to_json()} for key, stats in sorted(records.items())],
                "customers": [
                    {"number": number, "stats": stats.to_json(), "points": stats.unspent}
                    for number, stats in sorted(customers.items())
                ],
            },
        )


_NAMED: Row = dict.fromkeys(("number", "record", "of", "identifier", "brand"))


def _named(command: Command) -> Row:
    return {name: getattr(command, name) for name in ("key", *_NAMED)}


def _row(command: Command, redemption: Redemption, at: str) -> Row:
    return {
        "key": command.key,
        "record": redemption.record,
        "of": command.of,
        "kind": command.kind.value,
        "asked": command.asked,
        "actor": command.actor,
        "brand": command.brand,
        "until": redemption.until if command.kind is CommandKind.HOLD else None,
        "at": at,
    }


def _again(outcome: Outcome) -> Outcome:
    if isinstance(outcome, RegularsError):
        return outcome
    return CarriedOut(outcome.redemption, outcome.number, outcome.left, new=False)


def _another() -> Conflict:
    return Conflict("This requestId was used for something else.", hint="Use a new requestId for each request.")
