"""The versions of a programme: each holds for the orders from its start on, until the next one starts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from loyalty.programme.programme import Programme

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ProgrammeVersion:
    """A published programme. Version 0 is the configured file, from the beginning of time."""

    version: int
    starts: datetime
    programme: Programme


class ProgrammeHistory:
    """All versions, by the time at which they start; of two with one start, the newer holds."""

    def __init__(self, base: Programme, published: Iterable[ProgrammeVersion] = ()) -> None:
        first = ProgrammeVersion(0, BEGINNING, base)
        self.versions = (first, *sorted(published, key=lambda one: (one.starts, one.version)))
        self._starts = [one.starts for one in self.versions]
        bonuses = (bonus for one in self.versions for bonus in one.programme.bonuses)
        self.counts_items = any(bonus.orders.products for bonus in bonuses)

    def at(self, moment: datetime) -> ProgrammeVersion:
        """The version that holds for an order of this moment."""
        if len(self.versions) == 1:
            return self.versions[0]
        return self.versions[bisect_right(self._starts, moment) - 1]
