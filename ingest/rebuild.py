"""Makes people again from what was said: events, agents' decisions and redemptions of a store, in an empty one.

All that a store believes is a fold of these. So the same events and decisions in the same order, and the same
redemptions, give the same people, points, consents and golden records, with the same numbers. Redemptions come last:
their points are sums, and nothing else follows from them. The events of one commit are committed together again, as of
the time of the first commit: which number survives a merge is decided by who was there before.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.errors import EventRefused, InvalidInput, NotFound
from graph.store.database import Row
from identity.claims import Claims, ClaimsReader
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.replay import LoggedDecision, replay
from identity.kept_events import event_of
from ingest.commit import Committer
from loyalty.commands.points_commands import PointsCommands
from privacy.vault import Vault

MAX_DIFFERENT = 20
"""Customer numbers that a comparison names."""


@dataclass(slots=True)
class Rebuilt:
    """What became of a history. `events` are those that were new to the store; `lost` are those whose content was not
    kept, since a release before kept none; `refused` are events and decisions that the present rules do not take, and
    redemptions of records that did not come again. A redemption counts each time that the history has it."""

    events: int = 0
    decisions: int = 0
    redemptions: int = 0
    lost: int = 0
    refused: int = 0


async def rebuild(
    commits: AsyncIterable[tuple[str, Sequence[Row]]],
    decisions: AsyncIterable[LoggedDecision],
    redemptions: AsyncIterable[Sequence[Row]],
    committer: Committer,
    reader: ClaimsReader,
) -> AsyncIterator[Rebuilt]:
    """Repeats a history in an empty store; gives what has been done so far, after each commit.

    Repeated again it changes nothing, so one that was interrupted starts anew. Raises Unavailable, or SetupError where
    the vault's key is another.
    """
    done, agents = Rebuilt(), AgentDecisions(committer.parts)
    waiting = aiter(decisions)
    decision = await anext(waiting, None)

    async def decide_until(at: datetime | None) -> None:
        nonlocal decision
        while decision is not None and (at is None or decision.at < at):
            try:
                await replay(agents, decision, committer.parts.vault)
                done.decisions += 1
            except (InvalidInput, NotFound):
                done.refused += 1
            decision = await anext(waiting, None)

    async for text, rows in commits:
        at = datetime.fromisoformat(text)
        await decide_until(at)
        claims = [claim for row in rows if (claim := _claims(row, reader, done)) is not None]
        if claims:
            done.events += sum(await committer.commit(claims, at=at))
        yield done
    await decide_until(None)
    points = PointsCommands(committer.parts.database)
    async for rows in redemptions:
        lost = await points.repeat(rows)
        done.redemptions += len(rows) - lost
        done.refused += lost
        yield done
    yield done


def _claims(row: Row, reader: ClaimsReader, done: Rebuilt) -> Claims | None:
    content: Any = reader.vault.open(row["key"], row["sealed"]) if row["sealed"] else None
    if not isinstance(content, dict) or "type" not in content:
        done.lost += 1
        return None
    try:
        return reader.claims(*event_of(content))
    except EventRefused:
        done.refused += 1
        return None


@dataclass(slots=True)
class Comparison:
    """How many customers two stores have in common. `different` names some that they do not: numbers, sorted."""

    same: int = 0
    differ: int = 0
    different: list[str] = field(default_factory=list[str])

    def note(self, number: str) -> None:
        self.differ += 1
        if len(self.different) < MAX_DIFFERENT:
            self.different.append(number)


async def compare(one: AsyncIterable[Row], other: AsyncIterable[Row], vault: Vault) -> Comparison:
    """Customers of two stores (`graph.history.History.customers`), by number: records, points, tier, consents, golden
    record, and for a number that was merged away where it leads."""
    found = Comparison()
    left, right = aiter(one), aiter(other)
    mine, theirs = await anext(left, None), await anext(right, None)
    while mine is not None or theirs is not None:
        number = min(row["number"] for row in (mine, theirs) if row is not None)
        here = mine if mine is not None and mine["number"] == number else None
        there = theirs if theirs is not None and theirs["number"] == number else None
        if here is not None and there is not None and _opened(here, vault) == _opened(there, vault):
            found.same += 1
        else:
            found.note(number)
        if here is not None:
            mine = await anext(left, None)
        if there is not None:
            theirs = await anext(right, None)
    return found


def _opened(row: Row, vault: Vault) -> Row:
    return row | {"sealed": row["sealed"] and vault.open(row["number"], row["sealed"])}
