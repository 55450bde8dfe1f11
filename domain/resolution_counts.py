"""What a process has counted since its start: plain numbers that metrics are made of, and never anybody's data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ResolutionCounts:
    """What commits came to. `held` are decisions that left records for review, counted each time they are taken anew;
    `hot` are blocking tokens that a commit met and that too many records carry to count; `several` are events of
    records that name several people."""

    created: int = 0
    merged: int = 0
    held: int = 0
    hot: int = 0
    several: int = 0
