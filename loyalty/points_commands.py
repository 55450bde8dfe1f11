"""Carries out commands about points in the store: each once, atomic, and decided behind the lock of the guest.

    1. find    where the guests stand, and which commands were carried out before
    2. lock    their components, and read their sums and redemptions; again, until they hold still
    3. write   commands, ledger entries and sums

Each is one round trip, however many commands are carried out together. Intake takes the same locks, so an order, a
merge and a redemption of one guest follow each other, on any process. A command that is refused stops no other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.errors import Conflict, InvalidInput, NotFound, RegularsError, TooManyHolds, Unavailable
from domain.stats import Stats
from graph.store.database import Database, DbTransaction, Row
from loyalty.lots import points_balance
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
    over,
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
        """Durable when this returns. Raises NotFound, InvalidInput, Conflict and its kinds, and Unavailable."""
        [outcome] = await self.carry_out_all([command], now)
        if isinstance(outcome, RegularsError):
            raise outcome
        return outcome

    async def carry_out_all(self, commands: Sequence[Command], now: datetime) -> list[Outcome]:
        """An outcome for each command, in their order, all in one transaction. Raises Unavailable."""

        async def work(tx: DbTransaction) -> list[Outcome]:
            return await _Try(tx, commands, now).run()

        return await self.database.write("points_commands", work)

    async def repeat(self, redemptions: Sequence[Row]) -> None:
        """Writes redemptions of a history (rows of `history/redemptions`) into a store that has their source records.
        They are facts: nothing is decided again. What the store has already is left alone. Raises Unavailable."""

        async def work(tx: DbTransaction) -> None:
            named = [Command(one["key"], "", CommandKind.REVERSE, "", record=one["record"]) for one in redemptions]
            await _Try(tx, named, datetime.now(UTC)).repeat({row["key"]: row for row in redemptions})

        await self.database.write("points_commands", work)


@dataclass(slots=True)
class _Guest:
    """A customer behind the lock: working copies of its sums and of those of its records, and its redemptions."""

    number: str
    stats: Stats
    records: dict[str, Stats]
    redemptions: dict[str, Redemption]

    @classmethod
    def of_row(cls, row: Row) -> _Guest:
        return cls(
            row["number"],
            Stats.from_json(row["stats"]),
            {key: Stats.from_json(stats) for key, stats, _ in row["records"]},
            {},
        )

    def record_with_most(self) -> str:
        """The record that a command hangs on which names none: after a split it stays with most of the points."""
        return max(self.records, key=lambda key: (self.records[key].unspent, key))


@dataclass(slots=True)
class _Try:
    """One try. All that it works on is read anew, so nothing of a failed one is left."""

    tx: DbTransaction
    commands: Sequence[Command]
    now: datetime
    guests: dict[str, _Guest] = field(default_factory=dict[str, _Guest])
    written: list[Row] = field(default_factory=list[Row])
    entries: list[Row] = field(default_factory=list[Row])
    changed: dict[str, tuple[_Guest, Redemption]] = field(default_factory=dict[str, tuple[_Guest, Redemption]])

    async def run(self) -> list[Outcome]:
        before, guests = await self._read()
        outcomes: list[Outcome] = []
        by_key: dict[str, tuple[Command, Outcome]] = {}
        for command in self.commands:
            if command.key in by_key:  # sent twice at the same moment
                first, outcome = by_key[command.key]
                same = first.asked == command.asked
                outcomes.append(_again(outcome) if same else _another())
                continue
            outcome = self._outcome(command, before[command.key], guests.get(command.key))
            by_key[command.key] = command, outcome
            outcomes.append(outcome)
        if self.written or self.entries:
            await self._write()
        return outcomes

    async def repeat(self, redemptions: Mapping[str, Row]) -> None:
        _, guests = await self._read()
        commands = [command for row in redemptions.values() for command in row["commands"]]
        booked = [entry for row in redemptions.values() for entry in row["entries"]]
        [answer] = await self.tx.run(
            "points_commands/known",
            batch={"commands": [row["key"] for row in commands], "entries": [row["key"] for row in booked]},
        )
        known = set(answer["known"])
        for key, row in redemptions.items():
            if key not in guests:  # its source record did not come again
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

    async def _read(self) -> tuple[Mapping[str, Row], Mapping[str, Row]]:
        """By command: whether it was carried out before, and its guest's row, behind the locks."""
        [answer] = await self.tx.run(
            "points_commands/find",
            batch={"commands": [_named(command) for command in _once(self.commands)]},
        )
        before = {row["key"]: row for row in answer["found"]}
        locks = {row["component"] for row in before.values() if row["component"] is not None}
        asked = [_named(command) | {"of": before[command.key]["of"]} for command in _once(self.commands)]
        for _ in range(_ROUNDS):
            [answer] = await self.tx.run(*LOCK_AND_READ, batch={"locks": sorted(locks), "commands": asked})
            guests = {row["key"]: row for row in answer["guests"]}
            stand = {component for row in guests.values() for _, _, component in row["records"]}
            if stand <= locks:
                return before, guests
            locks |= stand
        raise Unavailable("The components of these guests do not hold still.", hint="Try again; nothing was done.")

    def _outcome(self, command: Command, before: Row, row: Row | None) -> Outcome:
        try:
            return self._carried_out(command, before, row)
        except RegularsError as error:
            return error

    def _carried_out(self, command: Command, before: Row, row: Row | None) -> CarriedOut:
        if row is None:
            raise NotFound("There is no such customer." if command.kind in FIRST else "There is no such redemption.")
        guest = self._guest(row)
        if before["asked"] is not None:
            if before["asked"] != command.asked:
                raise _another()
            return self._answer(command, guest, guest.redemptions[before["of"]], new=False)
        if not row["brandKnown"]:
            raise InvalidInput("There is no such brand.", hint="Name a brand that has orders or stores.")
        self._end_holds(guest)
        redemption = self._redemption(command, guest)
        now = points_balance(guest.stats.lots, guest.stats.holds, self.now)
        moved = decide(command, now, redemption, self.now)
        holds = sum(one.holds(self.now) for one in guest.redemptions.values())
        if command.kind is CommandKind.HOLD and holds >= MAX_HOLDS:
            raise TooManyHolds(f"{MAX_HOLDS} holds are open.")
        guest.redemptions[redemption.key] = redemption
        self._move(
            command.key, guest, redemption, moved, ".".join(filter(None, ("points", command.kind, command.reason)))
        )
        self.written.append(_row(command, redemption, self.now.isoformat()))
        return self._answer(command, guest, redemption, new=True)

    def _guest(self, row: Row) -> _Guest:
        guest = self.guests.setdefault(row["number"], _Guest.of_row(row))
        for one in row["redemptions"]:
            guest.redemptions.setdefault(one["key"], Redemption.of_row(one))
        return guest

    def _redemption(self, command: Command, guest: _Guest) -> Redemption:
        """The redemption that a command is about; a new one for a first command."""
        if command.of is None:
            record = command.record or guest.record_with_most()
            return Redemption(command.key, record, command.brand, end_of_hold(command, self.now))
        redemption = guest.redemptions[command.of]
        if command.lots_of is not None and redemption.brand not in command.lots_of:
            raise NotFound("There is no such redemption.")
        return redemption

    def _end_holds(self, guest: _Guest) -> None:
        """Books that points came back of holds that are over: they count as in hand already."""
        for redemption in guest.redemptions.values():
            if +redemption.held and not redemption.holds(self.now):
                self._move(redemption.key, guest, redemption, over(redemption), "points.over")

    def _move(
        self, command: str, guest: _Guest, redemption: Redemption, moved: Sequence[Movement], reason: str
    ) -> None:
        apply((guest.records[redemption.record], guest.stats), redemption, moved)
        booked = entries(command, redemption.record, moved, self.now.isoformat(), reason)
        self.entries += (entry.row() for entry in booked)
        self.changed[redemption.key] = guest, redemption

    def _answer(self, command: Command, guest: _Guest, redemption: Redemption, *, new: bool) -> CarriedOut:
        now = points_balance(guest.stats.lots, guest.stats.holds, self.now)
        return CarriedOut(redemption, guest.number, now.usable(command.lots_of), new)

    async def _write(self) -> None:
        began = {row["key"] for row in self.written if row["until"] is not None}
        holds = {key for key, (_, one) in self.changed.items() if one.until is not None}
        records = {one.record: guest.records[one.record] for guest, one in self.changed.values()}
        customers = {guest.number: guest.stats for guest, _ in self.changed.values()}
        await self.tx.run(
            "points_commands/write",
            batch={
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


def _once(commands: Sequence[Command]) -> list[Command]:
    return list({command.key: command for command in reversed(commands)}.values())


def _named(command: Command) -> Row:
    return {
        "key": command.key,
        "number": command.number,
        "record": command.record,
        "of": command.of,
        "brand": command.brand,
    }


def _row(command: Command, redemption: Redemption, at: str) -> Row:
    return {
        "key": command.key,
        "record": redemption.record,
        "of": command.of,
        "kind": command.kind.value,
        "asked": command.asked,
        "actor": command.actor,
        "brand": command.brand,
        "reference": command.reference,
        "until": redemption.until if command.kind is CommandKind.HOLD else None,
        "at": at,
    }


def _again(outcome: Outcome) -> Outcome:
    if isinstance(outcome, RegularsError):
        return outcome
    return CarriedOut(outcome.redemption, outcome.number, outcome.left, new=False)


def _another() -> Conflict:
    return Conflict("This requestId was used for something else.", hint="Use a new requestId for each request.")
