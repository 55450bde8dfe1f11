"""Typos in given names, corrected from the other records of the component before names are compared.

"Clavin" is a typo of "Calvin". Compared with "Vin", a nickname of Calvin, it would look like another person. Correcting
typos first keeps contradictions monotone, and that makes the partition independent of order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from matching.names.differences import one_slip_apart
from matching.names.given_names import is_listed, opposite_sexes
from matching.names.scripts import every_letter_counts, latin_words, script_of
from matching.records import Record


def correct_given_names(records: Collection[Record]) -> list[Record]:
    """The records with each typo in a given name replaced by the intended name.

    A typo is a word that no list of names has and that is one letter apart from another word of these records that is
    listed or more frequent. Of several such words the most frequent counts, then the first of the alphabet. A listed
    name is never changed, so Mary and Mark stay two names. Depends on the set of records alone.
    """
    seen = Counter(word for record in records for word in _first(record) if len(word) > 2)
    ranked = sorted(seen, key=lambda word: (not is_listed(word), -seen[word], word))
    corrections: dict[str, str] = {}
    for word in ranked:
        if not is_listed(word):
            corrections[word] = next((name for name in ranked if _better(name, word, seen)), word)
    return [_corrected(record, corrections) for record in records]


def _better(name: str, word: str, seen: Mapping[str, int]) -> bool:
    fits = one_slip_apart(name, word) and not opposite_sexes(name, word)
    return fits and (is_listed(name) or seen[name] > seen[word])


def _corrected(record: Record, corrections: dict[str, str]) -> Record:
    first = next(iter(_first(record)), "")
    if corrections.get(first, first) == first:
        return record
    return replace(record, given=" ".join((corrections[first], *latin_words(record.given)[1:])))


def _first(record: Record) -> tuple[str, ...]:
    """The first given name in Latin letters, if in its script a letter may be a slip."""
    script = script_of(record.given)
    return () if every_letter_counts(script, script) else latin_words(record.given)[:1]
