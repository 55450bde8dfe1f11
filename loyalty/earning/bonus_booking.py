"""Books the bonuses of guests: whatever their orders earn by the programme now, less what is booked already. With it,
their tier is brought up to date.

Whoever changes a guest's orders or records marks the customer as pending, in the same transaction. Where time alone
takes a tier away, the customer has the moment (`tierDue`) and is pending from then on. Booking takes the marks away,
behind the same locks as intake and commands about points:

    1. stand   in which components the customers stand
    2. lock    these components, and read all orders and booked bonuses; again, until they hold still
    3. write   entries, sums, and that the customers are up to date

Each is one round trip for all customers of a batch. The work may be done at any time, by any process, and twice: what
is booked already makes no difference. Entries are booked on the record that made the order. So after a merge is undone,
each record's own entries say what to take back, and no other guest's record is touched.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from domain.errors import Unavailable
from domain.feed_event import feed_rows
from domain.log import logger
from domain.stats import Stats
from graph.store.database import Database, DbTransaction, Row
from identity.parts import IdentityParts
from loyalty.earning.bonuses import EarnedBonus, SoldOrder, bonuses
from loyalty.ledger.ledger import Account, LedgerKind, PointsEntry
from loyalty.ledger.lots import Lot
from loyalty.ledger.points_events import points_events
from loyalty.programme.programme_history import ProgrammeHistory
from loyalty.programme.programmes import Programmes, programmes_of
from loyalty.tiers.tier_events import tier_event
from loyalty.tiers.tier_walk import TierStanding, standing

MAX_BATCH = 50
"""Customers whose bonuses are booked in one transaction."""
LOCK_AND_READ = ("identity/lock_components", "bonuses/guests", "programme/newest")
_PAGE = 1_000
_log = logger(__name__)
_ROUNDS = 50


class Booked(NamedTuple):
    """How many customers are up to date now, and how many ledger entries that took. `chosen`: how many were pending
    when they were chosen; another process may have been faster."""

    customers: int = 0
    entries: int = 0
    chosen: int = 0


@dataclass(frozen=True, slots=True)
class BonusBooking:
    """Books bonuses in one database under its programme."""

    parts: IdentityParts

    @property
    def database(self) -> Database:
        return self.parts.database

    @property
    def programmes(self) -> Programmes:
        return programmes_of(self.parts.read_model)

    async def book_some(self) -> Booked:
        """Brings some of the pending customers up to date; none where none is pending. If that fails, it is tried for
        each of them alone, so that one whose orders cannot be read stops nobody else. Raises Unavailable."""
        # From anywhere, so that several processes seldom choose the same ones.
        start = f"CUST-{secrets.choice('0123456789ABCDEFGHJKMNPQRSTVWXYZ')}"
        [row] = await self.database.read("bonuses/pending", start=start, size=MAX_BATCH)
        numbers = row["numbers"]
        if not numbers:
            return Booked()
        try:
            return (await self.book(numbers))._replace(chosen=len(numbers))
        except Exception as error:
            if len(numbers) == 1:
                raise
            _log.warning("bonuses are booked one by one", fault=type(error).__name__)
        booked, fault = [Booked()], None
        for number in numbers:
            try:
                booked.append(await self.book([number]))
            except Exception as error:
                fault = error
                _log.error("bonuses not booked", customer=number, fault=type(error).__name__)
        if fault is not None and len(booked) == 1:
            raise fault
        return Booked(sum(one.customers for one in booked), sum(one.entries for one in booked), len(numbers))

    async def book_all(self) -> Booked:
        """Brings all pending customers up to date. Raises Unavailable."""
        customers = entries = 0
        while (some := await self.book_some()).chosen:
            customers += some.customers
            entries += some.entries
        return Booked(customers, entries)

    async def book(self, numbers: Sequence[str]) -> Booked:
        """Brings those of these customers up to date that are pending. Raises Unavailable."""

        async def work(tx: DbTransaction) -> Booked:
            return await self._try(tx, sorted(set(numbers)))

        return await self.database.write("bonuses", work)

    async def start_versions(self) -> int:
        """Marks all customers as pending for versions of the programme that have started. Two processes may do it at
        once, and one that dies is followed by the next. Gives how many versions that were. Raises Unavailable."""
        [due] = await self.database.read("programme/due")
        if not due["versions"]:
            return 0
        last: str | None = ""
        while last is not None:
            [row] = await self.database.write_one("bonuses/mark_all", after=last, size=_PAGE)
            last = row["last"]
        await self.database.write_one("programme/reached_all", batch=due)
        return len(due["versions"])

    async def _try(self, tx: DbTransaction, numbers: Sequence[str]) -> Booked:
        [answer] = await tx.run("bonuses/stand", batch={"numbers": numbers})
        locks, programmes = set(answer["components"]), self.programmes.history
        for _ in range(_ROUNDS):
            items = programmes.counts_items
            [answer] = await tx.run(*LOCK_AND_READ, batch={"locks": sorted(locks), "numbers": numbers, "items": items})
            programmes = await self.programmes.as_of(tx, answer["programme"])
            stand = {record["component"] for row in answer["guests"] for record in row["records"]} - {None}
            if stand <= locks and items >= programmes.counts_items:
                now, currency = datetime.fromisoformat(answer["now"]), self.parts.read_model.currency
                # In a thread, as a guest may have very many orders.
                changes = await asyncio.to_thread(_changes, answer["guests"], programmes, currency, now)
                await tx.run("bonuses/write", "feed/write", batch=_rows(changes))
                return Booked(len(changes), sum(len(change.entries) for change in changes))
            locks |= stand
        raise Unavailable("The components of these guests do not hold still.", hint="Try again; nothing was done.")


@dataclass(slots=True)
class GuestChanges:
    """What is to be written about one customer: the tier, what it was when others heard of it last, entries, and the
    sums of the records that these change, by key. `at`: when that is (RFC 3339)."""

    number: str
    at: str
    tier: TierStanding
    tier_before: str | None
    stats: Stats
    entries: list[Row] = field(default_factory=list[Row])
    records: dict[str, Stats] = field(default_factory=dict[str, Stats])


class _Place(NamedTuple):
    """Where a bonus is booked: on the record of its order, in the lot of the order's own points."""

    record: str
    order: str
    rule: str
    lot: Lot


def _changes(rows: Sequence[Row], programmes: ProgrammeHistory, currency: str, now: datetime) -> list[GuestChanges]:
    return [changes_of(row, programmes, currency, now) for row in rows]


def changes_of(row: Row, programmes: ProgrammeHistory, currency: str, now: datetime) -> GuestChanges:
    """The changes that bring a customer up to date: a row of `bonuses/guests`. Pure.

    A bonus bears the time of its order, and what changes it later bears the time `now`.
    """
    orders = {order["key"]: (record["key"], order) for record in row["records"] for order in record["orders"]}
    sold = [SoldOrder.of_row(order) for _, order in orders.values()]
    earned = bonuses(programmes, sold, currency)
    wanted = {_place(*orders[bonus.order], bonus): bonus for bonus in earned}
    booked, counts = _booked(row["records"])
    tier = standing(programmes.at(now).programme.tier_rules, sold, currency, now)
    guest = GuestChanges(row["number"], now.isoformat(), tier, row["tierBefore"], Stats.from_json(row["stats"]))
    stats = {record["key"]: record["stats"] for record in row["records"]}
    for place in sorted(wanted.keys() | booked.keys()):
        bonus = wanted.get(place)
        points = (bonus.points if bonus else 0) - booked[place]
        if points:
            at = now.isoformat() if counts[place] else orders[place.order][1]["at"]
            entry = _entry(place, points, counts[place], at)
            guest.entries.append(entry | {"version": bonus.version if bonus else None})
            record = guest.records.setdefault(place.record, Stats.from_json(stats[place.record]))
            for one in (guest.stats, record):
                one.move(place.lot.key, points)
    return guest


def _place(record: str, order: Row, bonus: EarnedBonus) -> _Place:
    return _Place(record, bonus.order, bonus.rule, Lot(order["brand"], order["expires"] or ""))


def _booked(records: Iterable[Row]) -> tuple[Counter[_Place], Counter[_Place]]:
    """Points, and number of entries, by place."""
    points, entries = Counter[_Place](), Counter[_Place]()
    for record in records:
        for order, rule, brand, expires, booked, count in record["booked"]:
            place = _Place(record["key"], order, rule, Lot(brand, expires or ""))
            points[place] += booked
            entries[place] += count
    return points, entries


def _entry(place: _Place, points: int, before: int, at: str) -> Row:
    """The row of an entry. Its key follows from how many there are: the store refuses to book a change twice."""
    name = "|".join((place.order, place.record, place.rule, place.lot.key, str(before)))
    entry = PointsEntry(
        key=f"bonus:{hashlib.blake2b(name.encode(), digest_size=16).hexdigest()}",
        record=place.record,
        cause=place.order,
        at=at,
        points=points,
        kind=LedgerKind.BONUS,
        brand=place.lot.brand,
        reason=f"bonus.{place.rule}",
        expires=place.lot.expires,
        account=Account.BONUS,
    )
    return entry.row() | {"rule": place.rule}


def _rows(changes: Sequence[GuestChanges]) -> dict[str, Any]:
    changed = [change for change in changes if change.entries]
    records = {key: stats for change in changed for key, stats in change.records.items()}
    entries = [entry for change in changed for entry in change.entries]
    tier_events = (
        tier_event(change.number, change.tier_before, change.tier, change.at)
        for change in changes
        if change.tier_before not in (None, change.tier.tier)
    )
    return {
        "entries": entries,
        "feed": feed_rows(chain(points_events(entries), tier_events)),
        "records": [{"key": key, "stats": stats.to_json()} for key, stats in sorted(records.items())],
        "customers": [
            {"number": change.number, "stats": change.stats.to_json(), "points": change.stats.unspent}
            for change in sorted(changed, key=lambda change: change.number)
        ],
        "done": [
            {
                "number": change.number,
                "tier": change.tier.tier,
                "due": change.tier.until and change.tier.until.isoformat(),
            }
            for change in sorted(changes, key=lambda change: change.number)
        ],
    }
