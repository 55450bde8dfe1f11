"""Typing errors in given names, mended from the other records of the component before any name contradicts another.

"Clavin" beside "Calvin" is a slip; beside "Vin", which Calvin is called, it would look like another person. Mending
first keeps contradictions monotone, which is what makes the partition independent of order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

from matching.names import in_lexicon, one_slip_apart, words
from matching.records import Record


def mend(records: Collection[Record]) -> list[Record]:
    """The records, each slip in a given name respelt as the name it is a slip of.

    A slip is a word that no lexicon knows, one letter apart from a word here that is a known name or seen more often;
    of several such the most frequent, then the first of the alphabet. A known name is never touched, so Mary stays
    beside Mark. A function of the set of records.
    """
    seen = Counter(word for record in records for word in words(record.given)[:1] if len(word) > 2)
    ranked = sorted(seen, key=lambda word: (not in_lexicon(word), -seen[word], word))
    respelt: dict[str, str] = {}
    for word in ranked:
        if not in_lexicon(word):
            respelt[word] = next((name for name in ranked if _better(name, word, seen)), word)
    return [_mended(record, respelt) for record in records]


def _better(name: str, word: str, seen: Mapping[str, int]) -> bool:
    return (in_lexicon(name) or seen[name] > seen[word]) and one_slip_apart(name, word)


def _mended(record: Record, respelt: dict[str, str]) -> Record:
    first, *rest = words(record.given) or ("",)
    if respelt.get(first, first) == first:
        return record
    return replace(record, given=" ".join((respelt[first], *rest)))
