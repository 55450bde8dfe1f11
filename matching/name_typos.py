"""Typos in given names, corrected from the other records of the component before names are compared.

"Clavin" is a typo of "Calvin". Compared with "Vin", a nickname of Calvin, it would look like another person. Correcting
typos first keeps contradictions monotone, and that makes the partition independent of order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from matching.names import in_lexicon, one_slip_apart, words
from matching.records import Record


def correct_given_names(records: Collection[Record]) -> list[Record]:
    """The records with each typo in a given name replaced by the intended name.

    A typo is a word that is not in the lexicon and is one letter apart from another word of these records that is in
    the lexicon or more frequent. Of several such words the most frequent is taken, then the first of the alphabet. A
    name of the lexicon is never changed, so Mary and Mark stay two names. Depends on the set of records alone.
    """
    seen = Counter(word for record in records for word in words(record.given)[:1] if len(word) > 2)
    ranked = sorted(seen, key=lambda word: (not in_lexicon(word), -seen[word], word))
    corrections: dict[str, str] = {}
    for word in ranked:
        if not in_lexicon(word):
            corrections[word] = next((name for name in ranked if _better(name, word, seen)), word)
    return [_corrected(record, corrections) for record in records]


def _better(name: str, word: str, seen: Mapping[str, int]) -> bool:
    return (in_lexicon(name) or seen[name] > seen[word]) and one_slip_apart(name, word)


def _corrected(record: Record, corrections: dict[str, str]) -> Record:
    first, *rest = words(record.given) or ("",)
    if corrections.get(first, first) == first:
        return record
    return replace(record, given=" ".join((corrections[first], *rest)))
