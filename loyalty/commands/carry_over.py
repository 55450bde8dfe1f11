"""Carries balances over from the system before, as commands: each row once, and each batch in one transaction.

A row is a fact like a redemption or a grant, so locks, sums, the journal, a rebuild, a merge and a split treat it as
these. A run that was killed is started again: rows that the ledger has already cost one look, and change nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice

from domain.errors import RegularsError
from graph.booked_points import BookedPoints
from graph.store.database import Database
from loyalty.commands.balance_rows import BalanceRow, RowFault
from loyalty.commands.points_commands import PointsCommands
from loyalty.ledger.lots import Lot

BATCH = 1_000
"""Rows of balances in one transaction."""
AT_ONCE = 2
"""Transactions of an import at the same time."""
MAX_FAULTS = 1_000
"""Wrong rows that an import explains one by one. It counts the others."""
_WAY = {
    "id": "Load the members first: docs/loyalty.md#balances-of-another-system.",
    "card": "Load the members with their cards first, or name this one by source and id.",
    "customer_number": "Check the number, or name the member by source and id.",
}


@dataclass(slots=True)
class CarriedOver:
    """What became of the rows. `carried`: now (in a dry run: would be); `before`: by an earlier run; `repeated`: the
    same row twice in the file. `found` and `not_found`: rows by whether there is their member. `file`: points of the
    first row of each reference that can be read, by lot; `ledger`: what the ledger has of this system, once a run has
    ended. `faults` are the first `MAX_FAULTS`, and `faulty` counts all."""

    rows: int = 0
    carried: int = 0
    before: int = 0
    repeated: int = 0
    found: int = 0
    not_found: int = 0
    faulty: int = 0
    faults: list[RowFault] = field(default_factory=list[RowFault])
    file: Counter[Lot] = field(default_factory=Counter[Lot])
    ledger: Counter[Lot] | None = None

    @property
    def differences(self) -> list[Lot]:
        """Lots of which the file and the ledger do not say the same."""
        ledger = self.file if self.ledger is None else self.ledger
        lots = sorted(self.file.keys() | ledger.keys(), key=Lot.turn)
        return [lot for lot in lots if self.file[lot] != ledger[lot]]

    @property
    def whole(self) -> bool:
        """Whether all that the file says is in the ledger, and nothing else (in a dry run: would be)."""
        return not (self.faulty or self.differences)

    def blame(self, fault: RowFault) -> None:
        self.faulty += 1
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(fault)


async def carry_over(
    database: Database,
    rows: Iterable[BalanceRow | RowFault],
    reason: str,
    report: Callable[[CarriedOver], None],
    *,
    dry: bool = False,
) -> CarriedOver:
    """Carries rows over; `reason` is that of their ledger entries. A row that is wrong stops no other. `report` gets
    what was done so far, after each round of `AT_ONCE` batches. A round costs one round trip, and three more for each
    batch that is new. With `dry` it writes nothing. Raises Unavailable, and what `rows` raises."""
    done, seen, rest = CarriedOver(), dict[bytes, bytes](), iter(rows)
    while batch := list(islice(rest, BATCH * AT_ONCE)):
        done.rows += len(batch)
        for fault in (row for row in batch if isinstance(row, RowFault)):
            done.blame(fault)
        new = await _new(database, [row for row in batch if isinstance(row, BalanceRow)], seen, done)
        if dry:
            done.carried += len(new)
        else:
            parts = [new[start : start + BATCH] for start in range(0, len(new), BATCH)]
            for faults in await asyncio.gather(*(_written(database, part) for part in parts)):
                for fault in faults:
                    done.blame(fault)
                done.carried -= len(faults)
            done.carried += len(new)
        report(done)
    if not dry:
        sums = await BookedPoints(database).carried_over(reason)
        done.ledger = Counter({Lot(row["brand"], row["expires"] or ""): row["points"] for row in sums})
    return done


async def _written(database: Database, rows: Sequence[BalanceRow]) -> list[RowFault]:
    """Carries rows over in one transaction; gives what became impossible since they were looked up."""
    outcomes = await PointsCommands(database).carry_out_all([row.command for row in rows], datetime.now(UTC))
    return [
        RowFault(row.line, "", outcome.message, outcome.hint)
        for row, outcome in zip(rows, outcomes, strict=True)
        if isinstance(outcome, RegularsError)
    ]


async def _new(
    database: Database, rows: Sequence[BalanceRow], seen: dict[bytes, bytes], done: CarriedOver
) -> list[BalanceRow]:
    """The rows that are to be carried over, with the numbers of those who are named by their cards. Counts all others,
    and what the file says."""
    asked = [
        {name: getattr(row.command, name) for name in ("key", "number", "record", "identifier", "brand")}
        for row in rows
    ]
    [answer] = await database.read("points_commands/carried", batch={"rows": asked}) if rows else [{"rows": []}]
    known = {one["key"]: one for one in answer["rows"]}
    new: list[BalanceRow] = []
    for row in rows:
        command, stands = row.command, known[row.command.key]
        key, asked_for = _digest(command.key), _digest(command.asked)
        above = seen.get(key)
        if above == asked_for:
            done.repeated += 1
            continue
        if above is None:
            seen[key] = asked_for
            done.file[row.lot] += row.points
        if above is not None or stands["asked"] not in (None, command.asked):
            where = "a row that was carried over before" if above is None else "another row of this file"
            done.blame(
                RowFault(
                    row.line,
                    "reference",
                    f"is that of {where}, which says something else",
                    "Give each row a reference of its own; correct what was carried over with pointsGrant.",
                )
            )
            continue
        numbers = stands["numbers"]
        if len(numbers) == 1:
            done.found += 1
        else:
            done.not_found += 1
        if stands["asked"] is not None:
            done.before += 1
        elif fault := _fault(row, numbers, stands["brandKnown"]):
            done.blame(fault)
        else:
            new.append(replace(row, command=replace(command, number=numbers[0])) if row.column == "card" else row)
    return new


def _digest(text: str) -> bytes:
    """In place of the text, as a file may have millions of rows."""
    return blake2b(text.encode(), digest_size=16).digest()


def _fault(row: BalanceRow, numbers: Sequence[str], brand_known: bool) -> RowFault | None:
    if len(numbers) > 1:
        return RowFault(row.line, row.column, "names several members", "Name this one by source and id.")
    if not numbers:
        return RowFault(row.line, row.column, "names no member", _WAY[row.column])
    if not brand_known:
        return RowFault(row.line, "brand", "names no brand that has orders or stores", "Load its stores first.")
    return None
