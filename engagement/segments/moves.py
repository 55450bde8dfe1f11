"""Finds the customers that enter or leave a segment: compares the reported segments with what the rules say now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from engagement.segments.next_change import due
from engagement.segments.rule_evaluator import Facts, member
from engagement.segments.segment_rules import SegmentRule

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Move(StrEnum):
    """What the feed reports of a segment: that no later change is missed, and each customer that enters or leaves."""

    FOLLOWING = "following"
    ENTERED = "entered"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Followed:
    """A followed segment. All customers up to the number `swept_to` were checked since the rule last changed; None: all
    customers were. `silent`: customers that were not checked yet produce no events."""

    id: str
    rule: SegmentRule
    swept_to: str | None = None
    silent: bool = False

    def silent_about(self, number: str) -> bool:
        return self.silent and self.swept_to is not None and number > self.swept_to


@dataclass(frozen=True, slots=True)
class SegmentStanding:
    """The followed segments of a customer, when time alone may change them (ms since 1970), and the news: (segment,
    entered or left)."""

    number: str
    segments: tuple[str, ...]
    due: int | None
    news: tuple[tuple[str, Move], ...]


def standing(
    number: str, facts: Facts, reported: Collection[str], followed: Sequence[Followed], *, now: int, currency: str
) -> SegmentStanding:
    """A customer's standing at `now` (ms since 1970); `reported`: the customer's segments at the last look."""
    moment = _EPOCH + timedelta(milliseconds=now)
    within = {segment.id for segment in followed if member(segment.rule, facts, now=moment, currency=currency)}
    moments = [due(segment.rule, facts, now=now) for segment in followed] if facts.known else []
    news = tuple(
        (segment.id, Move.ENTERED if segment.id in within else Move.LEFT)
        for segment in followed
        if (segment.id in within) != (segment.id in reported) and not segment.silent_about(number)
    )
    return SegmentStanding(
        number, tuple(sorted(within)), min((at for at in moments if at is not None), default=None), news
    )
