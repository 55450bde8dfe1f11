"""Who enters and who leaves a segment: what was told of a customer beside what its rules say now."""

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
    """What is told of a segment: that nothing is missed from now on, and who enters and leaves."""

    FOLLOWING = "following"
    ENTERED = "entered"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Followed:
    """A segment that is followed. Everybody up to the number `swept_to` has been looked at since its rule is this one;
    None: all have. `silent`: who has not been is no news."""

    id: str
    rule: SegmentRule
    swept_to: str | None = None
    silent: bool = False

    def silent_about(self, number: str) -> bool:
        return self.silent and self.swept_to is not None and number > self.swept_to


@dataclass(frozen=True, slots=True)
class SegmentStanding:
    """In which followed segments a customer is, when time alone may change that (ms since 1970), and what is news:
    (segment, entered or left)."""

    number: str
    segments: tuple[str, ...]
    due: int | None
    news: tuple[tuple[str, Move], ...]


def standing(
    number: str, facts: Facts, told: Collection[str], followed: Sequence[Followed], *, now: int, currency: str
) -> SegmentStanding:
    """A customer's standing at `now` (ms since 1970); `told`: the segments of the customer at the last look."""
    moment = _EPOCH + timedelta(milliseconds=now)
    within = {one.id for one in followed if member(one.rule, facts, now=moment, currency=currency)}
    moments = [due(one.rule, facts, now=now) for one in followed] if facts.known else []
    news = tuple(
        (one.id, Move.ENTERED if one.id in within else Move.LEFT)
        for one in followed
        if (one.id in within) != (one.id in told) and not one.silent_about(number)
    )
    return SegmentStanding(
        number, tuple(sorted(within)), min((at for at in moments if at is not None), default=None), news
    )
