"""Counts the people of shared identifiers anew where fewer may use them: where a source takes a contact back.

Sharing is a function of the claims that stand. As long as claims are only added, nobody has to ask whether a shared
identifier is still shared. When a record takes a contact back, all records that carry the shared identifiers which it
has or had are brought together again, and the resolution counts their people like those of any other identifier.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from graph.store.database import DbTransaction, Row
from identity.record_state import RecordState
from matching.policy import Policies


@dataclass(slots=True)
class Recount:
    """The shared identifiers that a batch counts anew, by key."""

    policies: Policies
    _asked: set[str] = field(default_factory=set[str])
    _open: set[str] = field(default_factory=set[str])

    async def claim(
        self, tx: DbTransaction, states: Iterable[RecordState], before: Mapping[str, Row]
    ) -> dict[str, str]:
        """Locks the identifiers whose people have to be counted anew, lets them link, and tells which records have to
        be read with their components: key → component. No round trip where no contact is taken back."""
        keys = {
            key
            for state in states
            if state.dropped
            for key in (*state.dropped, *state.identifiers, *before.get(state.key, _NOTHING)["identifiers"])
        } - self._asked
        if not keys:
            return {}
        self._asked |= keys
        most = {policy.type: policy.max_records for policy in self.policies.values() if policy.links}
        [answer] = await tx.run("identity/claim_shared", batch={"keys": sorted(keys), "most": most})
        self._open |= {row["key"] for row in answer["shared"]}
        return {record: component for row in answer["shared"] for record, component in row["carriers"]}

    def open(self, pool: Collection[RecordState]) -> None:
        """Lets the identifiers link in these records until their people are counted."""
        for record in pool if self._open else ():
            for key in self._open & record.identifiers.keys():
                record.identifiers[key].shared = False


_NOTHING: Row = {"identifiers": ()}
