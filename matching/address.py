"""One spelling per postal address, to compare homes: the same flat gives the same text in every way of writing it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

_WORDS = {
    "avenue": "ave",
    "av": "ave",
    "boulevard": "blvd",
    "circle": "cir",
    "court": "ct",
    "drive": "dr",
    "highway": "hwy",
    "lane": "ln",
    "parkway": "pkwy",
    "place": "pl",
    "road": "rd",
    "square": "sq",
    "street": "st",
    "strasse": "str",
    "terrace": "ter",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
}
_UNITS = frozenset(("apt", "apartment", "unit", "suite", "ste", "flat", "no", "number"))


def one_spelling(address: Mapping[str, Any]) -> str | None:
    """The address as one text, or None if it names no home: it needs a street line with a number, and a postcode or
    city. Case, accents, punctuation, common abbreviations and the word for a flat make no difference."""
    street = _words(f"{address.get('line1') or ''} {address.get('line2') or ''}")
    place = "".join(_words(str(address.get("postcode") or ""))) or " ".join(_words(str(address.get("city") or "")))
    if not place or len(street) < 2 or not any(any(map(str.isdigit, word)) for word in street):
        return None
    return f"{' '.join(street)}|{place}|{str(address.get('country') or '').casefold()}"


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in folded if not unicodedata.combining(c))
    words: list[str] = re.findall(r"\w+", plain.replace("'", ""))
    return [_WORDS.get(word, word) for word in words if word not in _UNITS]
