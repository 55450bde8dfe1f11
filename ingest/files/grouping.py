"""Gathers rows that belong together from a file that is read once, in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from domain.errors import EventRefused
from domain.events import MAX_LINES

T = TypeVar("T")
Numbered = tuple[int, T]


def grouped(
    rows: Iterable[Numbered[T]], key: Callable[[T], tuple[str, ...]], window: int
) -> Iterator[tuple[list[Numbered[T]], EventRefused | None]]:
    """Groups of (number, row) with equal keys, each in order of its first row, or refused.

    Rows of a group may be apart as long as fewer than `window` other groups began or went on between them. A key that
    comes back later is refused, not taken for a second group, which would pass for a repetition of the first. So is a
    group of more than MAX_LINES rows. Memory: the rows of `window` groups, and about 100 bytes for each key ever seen.
    """
    open_groups: dict[tuple[str, ...], list[Numbered[T]]] = {}
    seen: set[bytes] = set()
    for number, row in rows:
        name = key(row)
        group = open_groups.pop(name, None)
        if group is None:
            digest = hashlib.blake2b("\x1f".join(name).encode("utf-8", "replace"), digest_size=12).digest()
            if digest in seen:
                message = f"belongs to a group that ended more than {window} groups before"
                yield (
                    [(number, row)],
                    EventRefused("", message, hint="Sort the file by the group's key, or raise window."),
                )
                continue
            seen.add(digest)
            group = []
        if len(group) <= MAX_LINES:  # one too many is kept, so that the group is refused below
            group.append((number, row))
        open_groups[name] = group  # at the end: the group that was touched least recently is the first to close
        if len(open_groups) > window:
            yield _closed(open_groups.pop(next(iter(open_groups))))
    for group in open_groups.values():
        yield _closed(group)


def _closed(group: list[Numbered[T]]) -> tuple[list[Numbered[T]], EventRefused | None]:
    if len(group) > MAX_LINES:
        return group, EventRefused("", f"is a group of more than {MAX_LINES} rows", hint="Check `by` of the group.")
    return group, None
