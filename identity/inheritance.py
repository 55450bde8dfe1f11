"""Who keeps a customer number when records come together or apart: how much each record counts for which number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from identity.record_state import OwnNumber, RecordState


@dataclass(frozen=True, slots=True)
class Inheritance:
    """How much each record counts for its present number (record → weight, 1 where it is not named), and the number
    that a record had before (record → number), for people who would get a new one.

    `own` is for an undo: the number of each record's person before agents decided about it (record → number). It counts
    more than any number of records that came since.
    """

    weights: Mapping[str, int] = field(default_factory=dict[str, int])
    before: Mapping[str, str] = field(default_factory=dict[str, str])
    own: Mapping[str, OwnNumber] = field(default_factory=dict[str, OwnNumber])

    def claims(self, record: RecordState, records: int) -> Iterator[tuple[str, int]]:
        """The numbers that the record speaks for, with its weight; `records` is how many records there are in all."""
        present = record.customer.number if record.customer else None
        if present is not None:
            yield present, self.weights.get(record.key, 1)
        if own := self.own.get(record.key):
            decisive = records + 1  # outweighs all records that weigh one, together
            yield own.number, decisive * decisive if own.number == present else decisive


ALIKE = Inheritance()
