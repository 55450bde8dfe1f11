"""Limits that all guests share, such as a stock: how much is used, and how much holds set aside until they end.

A limit's counter is a cache of the commands that take of it, so that a decision reads one node. It is read and written
behind its lock only. What a hold sets aside comes back because time passes, as with points.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson


class Stage(StrEnum):
    """What a redemption of a reward has of its limits: its amount is set aside, or used, or given back."""

    HELD = "held"
    USED = "used"
    BACK = "back"


@dataclass(slots=True)
class LimitCounter:
    """`holds`: what is set aside, by the moment when it comes back (RFC 3339, UTC, whole seconds)."""

    key: str
    used: int = 0
    holds: dict[str, int] = field(default_factory=dict[str, int])

    @classmethod
    def of_row(cls, key: str, used: int, holds: str | None) -> LimitCounter:
        """From the properties of a `Limit`."""
        return cls(key, used, {} if holds is None else orjson.loads(holds))

    def gone(self, now: datetime) -> int:
        """How much nobody else can have at this moment."""
        return self.used + sum(self.lasting(now).values())

    def lasting(self, now: datetime) -> dict[str, int]:
        """What is set aside by holds that are not over."""
        return {until: amount for until, amount in self.holds.items() if datetime.fromisoformat(until) > now}

    def move(self, amount: int, before: Stage, after: Stage, until: str | None) -> None:
        """A redemption of this amount, whose hold ends at `until`, comes from one stage into another."""
        self.used += amount * ((after is Stage.USED) - (before is Stage.USED))
        if until is not None:
            held = self.holds.get(until, 0) + amount * ((after is Stage.HELD) - (before is Stage.HELD))
            # A hold that is over was forgotten with a write, so that there may be nothing to take away.
            if held > 0:
                self.holds[until] = held
            else:
                self.holds.pop(until, None)

    def row(self, now: datetime) -> dict[str, Any]:
        """The properties to be written; holds that are over are forgotten."""
        holds = self.lasting(now)
        return {"key": self.key, "used": self.used, "holds": orjson.dumps(dict(sorted(holds.items()))).decode()}


def has_reserve(counters: Mapping[str, LimitCounter], takes: Mapping[str, int], until: str) -> bool:
    """Whether what a hold set aside is still set aside. Another process, whose clock is ahead, may have given it to
    somebody else."""
    return all(counters[key].holds.get(until, 0) >= amount for key, amount in takes.items())
