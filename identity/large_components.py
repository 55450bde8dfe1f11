"""Components so large that deciding about one of them takes long enough for others to notice.

Which they are is remembered by each process from what it decided: a hint for who should wait, never the truth. Each is
a finding, written to the log when it is first met and at every doubling, and kept on the component in the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from domain.log import logger
from identity.claims import Claims

LARGE = 1_000
_MAX_REMEMBERED = 10_000

log = logger(__name__)


class InLargeComponents(Exception):
    """Some events of a batch stand in large components, and nothing was written. `events` are their keys."""

    def __init__(self, events: Collection[str]) -> None:
        super().__init__(f"{len(events)} events stand in large components")
        self.events = frozenset(events)


class LargeComponents:
    """The large components that this process knows of."""

    def __init__(self) -> None:
        self._records: dict[str, int] = {}
        self._told: dict[str, int] = {}

    def __contains__(self, component: str) -> bool:
        return component in self._records

    def learn(self, sizes: Mapping[str, int | None]) -> None:
        """How many records components hold after a commit; None where one is large no longer."""
        for component, records in sizes.items():
            self._records.pop(component, None)
            if records is None:
                self._told.pop(component, None)
                continue
            self._records[component] = records
            if records >= 2 * self._told.get(component, 0):
                self._told[component] = records
                log.warning("large component", component=component, records=records)
        while len(self._records) > _MAX_REMEMBERED:
            oldest = next(iter(self._records))
            del self._records[oldest]
            self._told.pop(oldest, None)


def named(claims: Claims) -> Iterable[str]:
    """The keys of what an event names and a commit locks: records, identifiers and its transaction."""
    for subject in claims.subjects:
        yield subject.record
        for identifier in subject.identifiers:
            yield identifier.key
    if claims.transaction is not None:
        yield claims.transaction


def reached(batch: Iterable[Claims], start: Collection[str], stopped: Collection[str]) -> list[Claims]:
    """The events that name one of the keys, or meet such an event through what they name; nobody meets on `stopped`."""
    naming: dict[str, list[Claims]] = defaultdict(list)
    for claims in batch:
        for key in named(claims):
            naming[key].append(claims)
    found: dict[str, Claims] = {}
    waiting = list(start)
    while waiting:
        for claims in naming.pop(waiting.pop(), ()):
            if claims.event not in found:
                found[claims.event] = claims
                waiting.extend(key for key in named(claims) if key not in stopped)
    return list(found.values())
