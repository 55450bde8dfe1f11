"""What agents said of fields of the golden record. Each override belongs to a decision and stands on source records.

An override comes before all rules of survivorship, goes with its record through merges and splits, and holds until a
newer decision about the same field, which may release it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from privacy.vault import Vault


class FieldOverride(NamedTuple):
    """What an agent said of a golden field; `value` None: the rules are to decide again. `at` is RFC 3339 in UTC."""

    field: str
    value: Any
    actor: str
    at: str
    reason: str

    @classmethod
    def opened(cls, decision: str, row: Sequence[Any], vault: Vault) -> FieldOverride:
        """From the override of a row of `read_records` or `decisions/find`."""
        field, value, actor, at, reason = row
        return cls(
            field,
            opened_value(decision, value, vault),
            actor,
            clock(datetime.fromisoformat(at)),
            vault.open(decision, reason),
        )

    def sealed(self, decision: str, vault: Vault) -> dict[str, Any]:
        """What the decision is to store of it beside actor, time and reason."""
        value = None if self.value is None else vault.seal(_value_of(decision), self.value)
        return {"field": self.field, "value": value}


def opened_value(decision: str, sealed: bytes | None, vault: Vault) -> Any:
    """The value that a decision gives a golden field; None where it releases one."""
    return None if sealed is None else vault.open(_value_of(decision), sealed)


def _value_of(decision: str) -> str:
    # The reason is sealed for the decision itself: the two must not stand in for each other.
    return f"{decision}|value"


def clock(at: datetime) -> str:
    """One spelling of a moment, however it was stored."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def standing(records: Iterable[tuple[str, Mapping[str, FieldOverride]]]) -> dict[str, tuple[str, FieldOverride]]:
    """Field → the record it stands on, and what an agent said of it last and has not released: the newest of what the
    newest decision about each record says. `records` are keys with their overrides by decision."""
    found: dict[str, tuple[str, str, FieldOverride]] = {}
    for key, overrides in records:
        newest = {overrides[decision].field: decision for decision in sorted(overrides)}
        for name, decision in newest.items():
            override = overrides[decision]
            if override.value is not None and (name not in found or decision > found[name][0]):
                found[name] = decision, key, override
    return {name: (key, override) for name, (_, key, override) in found.items()}
