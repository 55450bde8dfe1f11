"""Reads a body that is not JSON as a whole member by member, so that one unreadable event costs only itself.

What makes an event unreadable: a byte that is no UTF-8, a raw control character, a number or a nesting that no reader
takes, a missing comma. None of them hides where the next event begins.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from domain.errors import EventRefused

_STRING = rb'"(?:[^"\\]++|\\.)*+"'
_SIGN = re.compile(rb'(?:%s|[^"\[\]{},]++)*+([\[\]{},])' % _STRING, re.DOTALL)
_NAME = re.compile(rb"\s*(%s)\s*:" % _STRING, re.DOTALL)
_MOST_SIGNS = 1_000_000
_CLOSES = {b"]": b"[", b"}": b"{"}

Loads = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A member that is no JSON, as it was sent, and why it is refused."""

    text: str
    error: EventRefused

    @classmethod
    def of(cls, member: bytes) -> Unreadable:
        error = EventRefused("", "is not JSON", hint="Write it as one JSON object, in UTF-8.")
        return cls(member.strip().decode("utf-8", "replace"), error)


def read_members(body: bytes, lists: tuple[str, ...], loads: Loads) -> Any:
    """The array of the body, or its object with an array under one of these names. Each member is what `loads` makes of
    it, or Unreadable; other parts of the object that cannot be read are left out.

    Raises ValueError where there is no such array, or its end is missing: a body that was cut off is not half taken.
    """
    opened = body.lstrip()[:1]
    parts = _parts(body, body.find(opened)) if opened in (b"[", b"{") else []
    if opened == b"[":
        while parts and not parts[-1].strip():  # an empty array, or a comma at its end
            parts.pop()
        return [_read(part, loads) for part in parts]
    value: dict[str, Any] = {}
    for part in parts:
        named = _NAME.match(part)
        if named is None:
            raise ValueError("has a member without a name")
        name, content = loads(named[1]), part[named.end() :]
        if name in lists and content.lstrip().startswith(b"["):
            value[name] = read_members(content, (), loads)
        elif not isinstance(read := _read(content, loads), Unreadable):
            value[name] = read
    if not any(isinstance(value.get(name), list) for name in lists):
        raise ValueError("holds no array")
    return value


def _read(part: bytes, loads: Loads) -> Any:
    try:
        return loads(part)
    except ValueError:
        return Unreadable.of(part)


def _parts(body: bytes, start: int) -> list[bytes]:
    """What stands between the commas of the array or object that begins at `start` and is the rest of the body."""
    parts: list[bytes] = []
    begun, opened = start + 1, [body[start : start + 1]]
    at = begun
    for _ in range(_MOST_SIGNS):
        found = _SIGN.match(body, at)
        if found is None:
            break
        sign, at = found[1], found.end()
        if sign in (b"[", b"{"):
            opened.append(sign)
        elif sign == b",":
            if len(opened) == 1:
                parts.append(body[begun : at - 1])
                begun = at
        elif _CLOSES[sign] in opened[1:]:
            while opened.pop() != _CLOSES[sign]:  # a bracket that was never closed ends with what it stands in
                pass
        elif len(opened) == 1 and _CLOSES[sign] == opened[0]:
            if body[at:].strip():
                break
            return [*parts, body[begun : at - 1]]
    raise ValueError("has no end")
