"""Ids as their sources mean them: without what spreadsheets, data frames and copying put into them on the way."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Characters that nobody sees beside those of the category Cf: joiners, fillers, variation selectors.
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_FORMULA = re.compile(r'=\s*"(.*)"|\'(?=[0-9+])(.*)', re.DOTALL)  # ="007" and '007 keep a spreadsheet from counting
_WHOLE = re.compile(r"([+-]?[0-9]+)\.0+")
_SCIENTIFIC = re.compile(r"([+-]?[0-9])(?:[.,]([0-9]+))?[eE]\+([0-9]{1,2})")
_ROUNDED = "is a rounded number, which has lost its last digits"
_EXACT = 2**53
"""Whole numbers from here on are not exact in a binary floating point number."""


def visible(text: str) -> str:
    """The text without invisible characters (zero-width, directions, soft hyphens, fillers) and outer spaces."""
    if text.isascii():
        return text.strip()
    return "".join(c for c in _INVISIBLE.sub("", text) if unicodedata.category(c) != "Cf").strip()


# Digits of postcodes that may begin with a zero, which tables of numbers lose.
_POSTCODE_DIGITS = {
    **dict.fromkeys(("AU", "NO", "NZ", "PH", "ZA"), 4),
    **dict.fromkeys(("DE", "EE", "ES", "FI", "FR", "IT", "LT", "MX", "MY", "PR", "TR", "UA", "US"), 5),
    **dict.fromkeys(("CN", "RO", "SG"), 6),
}


def postcode(text: str, country: str | None) -> str:
    """The postcode with the zeros that a table of numbers took from its front: 2138.0 in the US is 02138."""
    try:
        text = source_id(text)
    except ValueError:
        return ""
    return text.zfill(_POSTCODE_DIGITS.get(country or "", 0)) if text.isdecimal() else text


@lru_cache(maxsize=8192)  # a guest's next order carries the same ids
def source_id(text: str) -> str:
    """The id that the source means: `4711.0` is 4711, and so is `="4711"`. Nothing else changes, not even case.

    Doing it again changes nothing. Raises ValueError for a number that was rounded, such as `4.36641E+10`: the text
    would stand for many ids.
    """
    text = visible(text)
    while formula := _FORMULA.fullmatch(text):
        text = visible(formula[1] or formula[2] or "")
    if whole := _WHOLE.fullmatch(text):
        if abs(int(whole[1])) >= _EXACT:
            raise ValueError(_ROUNDED)
        return whole[1]
    if number := _SCIENTIFIC.fullmatch(text):
        first, fraction, power = number[1], number[2] or "", int(number[3])
        if len(fraction) < power or fraction[power:].strip("0"):
            raise ValueError(_ROUNDED)
        text = first + fraction[:power]
    return text
