"""Own numbers: the customer number that a record's person had before agents decided about it.

A number under a decision says what agents made of a person. So a record remembers its own number from the moment at
which a decision first ties or parts its component, until no decision does. A record that came after that has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from identity.record_state import OwnNumber, RecordState
from matching.rulings import RulingRule


def keep_own_numbers(pool: Mapping[str, RecordState], components: Mapping[str, str]) -> None:
    """Sets or clears the own numbers of whole components, before the records move to `components` (record → component).
    Doing it again changes nothing."""
    if not any(record.own_number or _decided(record) for record in pool.values()):
        return
    decided_before = {record.component for record in pool.values() if record.own_number}
    parts: dict[str, list[RecordState]] = defaultdict(list)
    for key, component in components.items():
        parts[component].append(pool[key])
    for part in parts.values():
        decided = any(map(_decided, part))
        for record in part:
            own = None
            if decided:
                own = record.own_number
                if own is None and record.customer and record.component not in decided_before:
                    own = OwnNumber(record.customer.number, record.customer.created_at)
            if own != record.own_number:
                record.own_number, record.own_number_changed = own, True


def _decided(record: RecordState) -> bool:
    """Whether a decision ties or parts it: about the record, or about an identifier that would link it."""
    return any(ruling.rule is not RulingRule.FIELD for ruling in record.rulings) or any(
        carried.unshared or (carried.by_agent and not carried.shared) for carried in record.identifiers.values()
    )
