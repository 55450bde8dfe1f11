"""Reads a segment's rule from JSON, bounded in depth and size, and reports where a rule is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from domain.errors import InvalidInput
from domain.events import Channel
from domain.money import exponent, to_minor
from engagement.segments.segment_rules import (
    And,
    InTier,
    Not,
    Or,
    Recency,
    SegmentRule,
    Spend,
    UsedChannel,
    VisitedBrand,
    Visits,
)

MAX_DEPTH = 8
"""Levels of a rule."""
MAX_NODES = 32
"""Conditions of a rule, connectives counted."""
MAX_VALUES = 50
"""Tiers in one condition."""
MAX_DAYS = 36_500
"""Days in a condition."""
MAX_COUNT = 1_000_000_000
"""Visits in a condition."""
MAX_MINOR = 10**17
"""Amount in a condition, in minor units of its currency."""
_SLUG = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class RuleRefused(InvalidInput):
    """A rule that can never be stored. `path` leads from the rule's root to what is wrong."""

    def __init__(self, path: tuple[str, ...], message: str) -> None:
        super().__init__(message, hint="See docs/segments.md.")
        self.path = path


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The brands and tiers that there are."""

    brands: Collection[str]
    tiers: Collection[str]


def parse(content: Any, *, currency: str, known: KnownNames | None = None) -> SegmentRule:
    """The rule of a JSON value. `currency`: the currency of amounts that name none. `known`: the names that a new rule
    may use; a stored one may still use what is gone. Raises RuleRefused."""
    return _Parser(currency, known).rule(content, (), 1)


class _Parser:
    def __init__(self, currency: str, known: KnownNames | None) -> None:
        self._currency = currency
        self._known = known
        self._nodes = 0

    def rule(self, content: Any, path: tuple[str, ...], depth: int) -> SegmentRule:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise RuleRefused(path, f"The rule has more than {MAX_NODES} conditions.")
        if depth > MAX_DEPTH:
            raise RuleRefused(path, f"The rule is nested deeper than {MAX_DEPTH} levels.")
        if not isinstance(content, Mapping) or len(content) != 1:
            raise RuleRefused(path, "A condition is an object with exactly one key, such as and, spend or tier.")
        [(name, body)] = content.items()
        path = (*path, str(name))
        if name in ("and", "or"):
            if not isinstance(body, list | tuple) or not body:
                raise RuleRefused(path, "List at least one condition.")
            rules = tuple(self.rule(part, (*path, str(place)), depth + 1) for place, part in enumerate(body))
            return And(rules) if name == "and" else Or(rules)
        if name == "not":
            return Not(self.rule(body, path, depth + 1))
        reader = _READERS.get(name)
        if reader is None:
            raise RuleRefused(path, "There is no such condition; known: and, or, not, " + ", ".join(_READERS))
        if not isinstance(body, Mapping):
            raise RuleRefused(path, "A condition's content is an object.")
        fields = _Fields({key: value for key, value in body.items() if value is not None}, path, self._known)
        condition = reader(fields, self._currency)
        fields.finish()
        return condition


class _Fields:
    """The fields of one condition; each is read once, and a field that is left over was misspelt."""

    def __init__(self, content: dict[Any, Any], path: tuple[str, ...], known: KnownNames | None) -> None:
        self._content = content
        self.path = path
        self._known = known

    def finish(self) -> None:
        for name in self._content:
            raise RuleRefused((*self.path, str(name)), "There is no such field.")

    def ordered(self, low: int | None, high: int | None) -> None:
        if low is None and high is None:
            raise RuleRefused(self.path, "Give a lower bound, an upper one or both.")
        if low is not None and high is not None and low > high:
            raise RuleRefused(self.path, "The lower bound is above the upper one.")

    def whole(self, name: str, least: int, most: int) -> int | None:
        value = self._content.pop(name, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise RuleRefused((*self.path, name), f"Give a whole number from {least} to {most}.")
        return value

    def minor(self, name: str, currency: str) -> int | None:
        value = self._content.pop(name, None)
        if value is None:
            return None
        refused = RuleRefused(
            (*self.path, name), f'Give an amount as text, such as "12.30", with at most {exponent(currency)} decimals.'
        )
        if not isinstance(value, str | int | Decimal) or isinstance(value, bool) or len(str(value)) > 32:
            raise refused
        try:
            amount = Decimal(value)
            # Bounded before it is scaled: 1E+999999 would become a number of a million digits.
            if not amount.is_finite() or abs(amount.adjusted()) > 16:
                raise refused
            minor = to_minor(amount, currency)
        except (InvalidOperation, ValueError):
            raise refused from None
        if abs(minor) > MAX_MINOR:
            raise refused
        return minor

    def text(self, name: str, pattern: re.Pattern[str]) -> str | None:
        value = self._content.pop(name, None)
        return None if value is None else self._matching(value, pattern, (name,))

    def brand(self) -> str | None:
        name = self.text("brand", _SLUG)
        if name is not None and self._known is not None:
            self._exists(name, self._known.brands, ("brand",))
        return name

    def tiers(self) -> tuple[str, ...]:
        given = self._content.get("tiers")
        names = self.texts("tiers", _SLUG)
        if self._known is not None:
            for place, name in enumerate(given or ()):
                self._exists(name, self._known.tiers, ("tiers", str(place)))
        return names

    def _exists(self, name: str, known: Collection[str], path: tuple[str, ...]) -> None:
        if name not in known:
            shown = ", ".join(sorted(known)[:MAX_VALUES]) or "none yet"
            raise RuleRefused((*self.path, *path), f"There is no such {path[0].rstrip('s')}; known: {shown}.")

    def required(self, name: str, pattern: re.Pattern[str]) -> str:
        return self._matching(self._content.pop(name, None), pattern, (name,))

    def texts(self, name: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        values = self._content.pop(name, None)
        if not isinstance(values, list | tuple) or not 1 <= len(values) <= MAX_VALUES:
            raise RuleRefused((*self.path, name), f"List 1 to {MAX_VALUES} values.")
        return tuple(sorted({self._matching(value, pattern, (name, str(place))) for place, value in enumerate(values)}))

    def flag(self, name: str) -> bool:
        value = self._content.pop(name, False)
        if not isinstance(value, bool):
            raise RuleRefused((*self.path, name), "Give true or false.")
        return value

    def _matching(self, value: Any, pattern: re.Pattern[str], name: tuple[str, ...]) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise RuleRefused((*self.path, *name), f"Give a text of the form {pattern.pattern}.")
        return value


def _spend(fields: _Fields, currency: str) -> SegmentRule:
    named = fields.text("currency", _CURRENCY)
    low, high = (fields.minor(name, named or currency) for name in ("min", "max"))
    fields.ordered(low, high)
    return Spend(low, high, named, fields.whole("days", 1, MAX_DAYS), fields.brand())


def _visits(fields: _Fields, currency: str) -> SegmentRule:
    low, high = (fields.whole(name, 0, MAX_COUNT) for name in ("min", "max"))
    fields.ordered(low, high)
    return Visits(low, high, fields.whole("days", 1, MAX_DAYS), fields.brand())


def _recency(fields: _Fields, currency: str) -> SegmentRule:
    low, high = (fields.whole(name, 0, MAX_DAYS) for name in ("minDays", "maxDays"))
    fields.ordered(low, high)
    return Recency(low, high, fields.brand())


def _brand(fields: _Fields, currency: str) -> SegmentRule:
    brand = fields.brand()
    return VisitedBrand(fields.required("brand", _SLUG) if brand is None else brand)


def _channel(fields: _Fields, currency: str) -> SegmentRule:
    name = fields.required("channel", _SLUG)
    if name not in set(Channel):
        raise RuleRefused((*fields.path, "channel"), "Known channels: " + ", ".join(Channel))
    return UsedChannel(name, fields.flag("preferred"))


def _tier(fields: _Fields, currency: str) -> SegmentRule:
    return InTier(fields.tiers())


_READERS: Mapping[str, Callable[[_Fields, str], SegmentRule]] = {
    "spend": _spend,
    "visits": _visits,
    "recency": _recency,
    "brand": _brand,
    "channel": _channel,
    "tier": _tier,
}
