"""What a commit did to customer numbers, by its name: a merge, a split, a number that came back."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from domain.feed_event import FeedEvent
from graph.store.database import Row


class ChangeKind(StrEnum):
    """How records came from one number to another."""

    MERGED = "merged"
    REVIVED = "revived"
    SPLIT = "split"
    MOVED = "moved"
    CREATED = "created"


NUMBER_TYPES: Mapping[ChangeKind, str] = {
    ChangeKind.MERGED: "customer.merged",
    ChangeKind.SPLIT: "customer.split",
    ChangeKind.REVIVED: "customer.split",
    ChangeKind.MOVED: "customer.moved",
}
"""The type of a change's event in the feed. Nobody is told of a new customer before something happens to it."""


def changes_of(
    before: Mapping[str, str | None],
    after: Mapping[str, str],
    *,
    merged: Mapping[tuple[str, str], str],
    revived: frozenset[str],
    actor: str,
    reason: str,
) -> list[Row]:
    """The rows of `write_changes`, from the number of each record before and after a decision about whole components.

    `merged` gives the reason for each (retired number, survivor); `reason` is that of all else. Who applies the rows to
    the numbers that were active has those that are: MERGED takes `fromNumber` away, REVIVED, SPLIT and CREATED add
    `toNumber`, MOVED changes neither.
    """
    old_numbers = {number for number in before.values() if number}
    moves = Counter((old, number) for key, number in after.items() if (old := before[key]) != number)
    found: list[tuple[ChangeKind, str | None, str, int, str]] = []
    continued = {number for old, number in moves if old}
    for (old, number), records in moves.items():
        if old is None:
            if number not in old_numbers | revived | continued:
                found.append((ChangeKind.CREATED, None, number, records, reason))
        elif (old, number) in merged:
            found.append((ChangeKind.MERGED, old, number, records, merged[old, number]))
        elif number in revived:
            found.append((ChangeKind.REVIVED, old, number, records, reason))
        else:
            kind = ChangeKind.MOVED if number in old_numbers else ChangeKind.SPLIT
            found.append((kind, old, number, records, reason))
    order = list(ChangeKind)
    found.sort(key=lambda change: (order.index(change[0]), change[1] or "", change[2]))
    commit = uuid.uuid4().hex
    return [
        {
            "key": f"{commit}-{place:06}",
            "kind": kind.value,
            "fromNumber": old,
            "toNumber": number,
            "records": records,
            "reason": why,
            "actor": actor,
        }
        for place, (kind, old, number, records, why) in enumerate(found)
    ]


def number_events(changes: Iterable[Row], at: str) -> Iterator[FeedEvent]:
    """What others are told of such rows, at a moment (RFC 3339): who answers for which number from now on."""
    for change in changes:
        if (type_ := NUMBER_TYPES.get(ChangeKind(change["kind"]))) is not None:
            yield FeedEvent(
                id=change["key"],
                type=type_,
                time=at,
                number=change["toNumber"],
                data={"from": change["fromNumber"], "to": change["toNumber"], "records": change["records"]},
            )
