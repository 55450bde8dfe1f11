"""A reporter is one part of a commit: queries, and the rows that they take of what a batch reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity.claims import Claims
from identity.record_state import RecordState
from ingest.order_state import TransactionState
from privacy.vault import Vault


@dataclass(frozen=True, slots=True)
class Reported:
    """A batch behind its locks, merged: the new events in their order, the transactions that they are about, by key,
    and the source records that were read, by key."""

    fresh: Sequence[Claims]
    orders: Mapping[str, TransactionState]
    records: Mapping[str, RecordState]
    vault: Vault

    @property
    def transactions(self) -> list[TransactionState]:
        """Sorted by key: two processes take their locks in one order."""
        return [self.orders[key] for key in sorted(self.orders)]


@dataclass(frozen=True, slots=True)
class Reporter:
    """One part of a commit. `rows` gives the parameters of its `queries` by name, lists sorted as locks are taken.

    `rows` is pure. The queries run in their order, with those of all other reporters, in one statement; they may read
    what the commit has claimed, and nothing that tells who is who, which is found out meanwhile. `batch.now` is theirs.
    """

    queries: tuple[str, ...]
    rows: Callable[[Reported], Mapping[str, Any]]


def queries_of(reporters: Iterable[Reporter]) -> tuple[str, ...]:
    """All queries, in the order of the reporters."""
    return tuple(query for reporter in reporters for query in reporter.queries)


def rows_of(reporters: Iterable[Reporter], reported: Reported) -> dict[str, Any]:
    """All parameters. Raises ValueError where two reporters give one of the same name."""
    rows: dict[str, Any] = {}
    for reporter in reporters:
        given = reporter.rows(reported)
        if twice := rows.keys() & given.keys():
            raise ValueError(f"Two reporters give {', '.join(sorted(twice))}.")
        rows |= given
    return rows
