"""Names in any script: their words, in lower case and in Latin letters."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

_CACHE = 65_536
# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
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


@lru_cache(_CACHE)
def words(text: str) -> tuple[str, ...]:
    """Words in lower case without marks: letters only, of any script."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c) and c not in "'’`")
    return tuple(re.findall(r"[^\W\d_]+", plain))


def latin_words(text: str) -> tuple[str, ...]:
    """The same in Latin letters, from any script."""
    return words(latin(text))
