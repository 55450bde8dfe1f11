"""The shortest path of records and identifiers between two sets of records, searched from both ends, hop by hop."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from graph.store.database import Database, Row

MAX_HOPS = 12
"""Steps of a path."""
MAX_RECORDS = 5_000
"""Records that a search for a path visits."""
CROWD = 500
"""Records that carry an identifier. If more carry it, a path or picture does not follow it: it does not identify a
person."""

PathStep = tuple[str, str, str]  # record, identifier, record


@dataclass(frozen=True, slots=True)
class Path:
    """`steps` is empty where there is no path; `complete`: the search was exhaustive, so the answer is certain."""

    steps: list[PathStep]
    complete: bool


@dataclass(slots=True)
class _End:
    """The search from one end: each reached record → the step to it, and the records that were reached last."""

    came: dict[str, PathStep | None]
    frontier: list[str]
    followed: set[str] = field(default_factory=set[str])


async def shortest(database: Database, left: Collection[str], right: Collection[str]) -> Path:
    """A path with the fewest steps, in one round trip for each step at most. Blocked identifiers are not followed."""
    ends = [_End(dict.fromkeys(sorted(side)), sorted(side)) for side in (left, right)]
    hops = 0
    while all(end.frontier for end in ends):
        if hops == MAX_HOPS or sum(len(end.came) for end in ends) > MAX_RECORDS:
            return Path([], complete=False)
        here, there = sorted(ends, key=lambda end: len(end.frontier))
        cut = await _advance(database, here)
        hops += 1
        meeting = min((key for key in here.frontier if key in there.came), default=None)
        if meeting is not None:
            left_steps, right_steps = (list(_back(end, meeting)) for end in ends)
            return Path([*reversed(left_steps), *((b, i, a) for a, i, b in right_steps)], complete=True)
        if cut:
            return Path([], complete=False)
    return Path([], complete=True)


async def _advance(database: Database, end: _End) -> bool:
    """Reaches the next records; returns whether there were more than may be read."""
    rows = await database.read(
        "identity_graph/hop", keys=end.frontier, followed=sorted(end.followed), crowd=CROWD, most=MAX_RECORDS + 1
    )
    end.frontier = []
    for row in rows:
        end.followed.add(row["identifier"])
        if row["other"] not in end.came:
            end.came[row["other"]] = (row["key"], row["identifier"], row["other"])
            end.frontier.append(row["other"])
    return len(rows) > MAX_RECORDS


def _back(end: _End, key: str) -> Sequence[PathStep]:
    steps: list[PathStep] = []
    while (step := end.came[key]) is not None:
        steps.append(step)
        key = step[0]
    return steps


async def shown(database: Database, path: Path) -> tuple[dict[str, Row], dict[str, Row]]:
    """The records and the identifiers of a path by key, in one round trip."""
    keys = sorted({key for start, _, end in path.steps for key in (start, end)})
    batch = {"keys": keys, "identifiers": sorted({identifier for _, identifier, _ in path.steps})}
    [row] = await database.read("identity_graph/along", batch=batch)
    records, identifiers = ({entry["key"]: entry for entry in row[name]} for name in ("records", "identifiers"))
    return records, identifiers
