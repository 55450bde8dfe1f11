"""Cleans values of Segment.com messages for the native contract: text without control characters, slugs, amounts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import orjson

from domain.money import exponent
from domain.placeholders import means_none

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_NOT_SLUG = re.compile(r"[^a-z0-9_.-]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MAX_TEXT = 200
_MAX_SLUG = 64


def clean_text(value: Any) -> str:
    """Text of at most 200 characters; objects as JSON; None as ''. For words, never for ids, as it may truncate."""
    if value is None:
        return ""
    if not isinstance(value, str):
        try:
            value = orjson.dumps(value).decode()
        except TypeError:
            return ""
    return _CONTROL.sub(" ", value).strip()[:_MAX_TEXT].strip()


def id_text(value: Any) -> str | None:
    """An id as text (numbers too), or None where it is empty or no id at all."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def identifier(value: Any) -> str | None:
    """An id as text, or None where it names nobody: websites send `null` or `guest` for all who are not signed in."""
    text = id_text(value)
    return None if text is None or means_none(text) else text


def slug(value: Any, separator: str = "_") -> str:
    """The name in the form of a slug: `favoriteColor` is `favorite_color`; '' where no character is left."""
    text = _CAMEL.sub(separator, clean_text(value)).lower()
    return _NOT_SLUG.sub(separator, text).strip("_.-")[:_MAX_SLUG]


def amount(value: Any, currency: Any) -> Any:
    """An amount as decimal text. JSON numbers are rounded to the currency's minor unit, as 0.1 + 0.2 needs it.

    A value that is no number is returned unchanged, and the contract refuses it.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        places = Decimal(1).scaleb(-exponent(currency if isinstance(currency, str) else ""))
        return str(Decimal(str(value)).quantize(places, ROUND_HALF_EVEN))
    except ArithmeticError:
        return str(value)


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """The entries with a value, under a name that is not empty."""
    return {name: value for name, value in values.items() if name and value not in (None, "", [], {})}
