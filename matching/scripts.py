"""Names in any script, in Latin letters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from anyascii import anyascii

_CACHE = 65_536
_NO_VOWELS = frozenset(("ARABIC", "HEBREW", "SYRIAC", "THAANA", "THAI", "LAO", "KHMER", "MYANMAR", "CJK"))
"""Scripts that write few vowels, or none, or words: the same name in another script may look like any other."""


@lru_cache(_CACHE)
def latin(text: str) -> str:
    """The text in Latin letters, from any script."""
    return anyascii(text.replace("\N{ARABIC LETTER TEH MARBUTA}", "a"))  # anyascii writes a t


@lru_cache(_CACHE)
def script_of(text: str) -> str:
    """The script of the first letter, in capitals as Unicode names it; empty without letters."""
    letter = next(filter(str.isalpha, text), "")
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""


def writes_vowels(script: str) -> bool:
    """Whether a name in this script can be compared with one in Latin letters, letter by letter."""
    return script not in _NO_VOWELS


def every_letter_counts(a: str, b: str) -> bool:
    """Whether both are one script whose letters are syllables, words or consonants: no name is a slip of another."""
    return a == b and (a == "HANGUL" or not writes_vowels(a))


def incomparable(a: str, b: str) -> bool:
    """Whether names in two scripts can be equal only: what differs may still be the same name."""
    return a != b and not (writes_vowels(a) and writes_vowels(b))
