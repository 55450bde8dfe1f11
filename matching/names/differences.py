"""Given names: when do two of them clearly belong to different people?

Every test is symmetric and prefers "no conflict": a value that is missing, abbreviated, misspelt or translated
contradicts nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from jellyfish import metaphone
from rapidfuzz.distance import OSA

from matching.names.full_names import given_names_in
from matching.names.given_names import are_two_names, formal_names_of, likeliest, nicknames_of, opposite_sexes
from matching.names.scripts import every_letter_counts, incomparable, latin_words, script_of, words

# Spellings of one sound, applied in order. The result keeps the vowels, so that John, Jane and Joan stay different.
_SPELLINGS = tuple(
    (re.compile(pattern), plain)
    for pattern, plain in (
        (r"^(sean|shaun)$", "shawn"), (r"^m[ou]ham+[aeiou]d$", "mohamed"), (r"ph", "f"), (r"sch|sh", "S"),
        (r"ch(?=r|l|$)", "k"), (r"ch", "C"), (r"c(?=[eiy])", "s"), (r"ck|[cq]", "k"), (r"g(?=e[^r]|i)", "j"),
        (r"(?<![aeiou])h|h(?![aeiou])", ""), (r"y|ie$|ee", "i"), (r"w", "u"), (r"z", "s"), (r"x", "ks"),
        (r"(.)\1+", r"\1"), (r"(?<=...)e$", ""),
    )
)  # fmt: skip
_MANY_NICKNAMES = 3
_LONG = 5
_CACHE = 65_536


@lru_cache(_CACHE)
def _relatives(name: str) -> tuple[frozenset[str], frozenset[str]]:
    """Formal names that the name may stand for; and these together with the names that may stand for it."""
    spellings = {name, _other_ending(name)}
    formal = frozenset({name}).union(*map(formal_names_of, spellings))
    return formal, formal.union(*map(nicknames_of, spellings))


def _other_ending(name: str) -> str:
    """Peggy for Peggie, and Peggie for Peggy."""
    return name[:-2] + "y" if name.endswith("ie") else name[:-1] + "ie" if name.endswith("y") else name


def has_relatives(name: str) -> bool:
    """Whether `related` may find another name for it."""
    return len(name) == 1 or len(_relatives(name)[1]) > 1


def related(a: str, b: str) -> bool:
    """Whether one of two single names is a nickname of the other, or its initial."""
    return a in _relatives(b)[1] or b in _relatives(a)[1] or (min(len(a), len(b)) == 1 and a[:1] == b[:1])


@lru_cache(_CACHE)
def _spelling(name: str) -> str:
    """One spelling for names that sound the same: Kristin and Christine are equal, Kathryn and Catherine nearly."""
    for pattern, plain in _SPELLINGS:
        name = pattern.sub(plain, name)
    return name.lower()


@lru_cache(_CACHE)
def _formal_sounds(name: str) -> frozenset[str]:
    """The formal names, each by its sound; the shortest by their letters."""
    return frozenset(
        sound if len(sound := _spelling(formal)) >= _LONG - 1 else formal for formal in _relatives(name)[0]
    )


def one_slip_apart(a: str, b: str) -> bool:
    """Whether one typo separates the two: a letter added, left out or replaced, or two neighbours swapped."""
    return OSA.distance(a, b, score_cutoff=1) <= 1


def _abbreviates(short: str, long: str) -> bool:
    """Whether a word without vowels abbreviates a longer one: Wm and William, Mhd and Mohamed."""
    letters = iter(long)
    return (
        is_frame(short) and short[0] == long[0] and short[-1] == long[-1] and all(letter in letters for letter in short)
    )


def is_frame(name: str) -> bool:
    """Whether it is an initial, or a few consonants that may abbreviate a name."""
    return len(name) <= 4 and name.isascii() and not set(name) & set("aeiouy")


@lru_cache(_CACHE)
def _compatible(a: str, b: str) -> bool:
    """Whether two single words may be the same given name."""
    if a == b:
        return True
    short, long = sorted((a, b), key=lambda name: (len(name), name))
    if len(short) == 1:
        formal, nicknames = _relatives(long)
        return any(name[0] == short for name in nicknames.union(*(_relatives(name)[1] for name in formal)))
    if opposite_sexes(a, b) and not (related(a, b) and not one_slip_apart(a, b)):
        return False  # Paul and Paula, however alike; but Sam is short for Samantha too, and Shay for Sharon
    if (len(short) >= 3 and long.startswith(short)) or _abbreviates(short, long):
        return True
    if a in _relatives(b)[1] or b in _relatives(a)[1]:
        return True
    sound_a, sound_b = _spelling(a), _spelling(b)
    if sound_a == sound_b or _formal_sounds(a) & _formal_sounds(b):
        return True
    if metaphone(a) == metaphone(b):
        if min(len(sound_a), len(sound_b)) >= _LONG:
            return one_slip_apart(sound_a, sound_b)
        if len(short) > 3 and len(long) > len(short) and one_slip_apart(a, b):
            return True  # Luis and Louis
    # Tim and Jim, Mary and Mark are one letter apart and still two names: only a word that is no name can be a typo.
    return len(short) >= 3 and not are_two_names(a, b) and one_slip_apart(a, b)


def given_conflict(a: str, b: str) -> bool:
    """True only for clearly different given names.

    Not different: same sound, one typo, nickname (nicknames package), initial, prefix of three letters, marks and
    transliteration, another script, a second given name used alone, one missing.
    """
    (script_a, words_a), (script_b, words_b) = _read(a), _read(b)
    if every_letter_counts(script_a, script_b):
        return differ_by_letters(latin_words(a), latin_words(b))
    return not incomparable(script_a, script_b) and _conflict(words_a, words_b)


@lru_cache(_CACHE)
def _read(given: str) -> tuple[str, tuple[str, ...]]:
    """Script and words of a given name."""
    return script_of(given), given_names_in(latin_words(given))


def differ_by_letters(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two given names, of a script in which every letter counts, are two and neither is a part of the other."""
    one, several = sorted((a, b), key=len)
    if not one or one[0] == several[0] or "".join(one) == "".join(several):
        return False
    return not (len(one) == 1 and one[0] in several)


def has_given(given: str) -> bool:
    """Whether there is a given name that is more than an initial."""
    return any(len(word) > 1 for word in words(given))


def _conflict(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    if not a or not b or a == b or _compatible(a[0], b[0]):
        return False
    if len(a) == len(b) == 1:
        return True
    if len(a) != len(b) and _compatible("".join(a), "".join(b)):
        return False
    if sorted(a) == sorted(b):
        return opposite_sexes(a[0], b[0])  # Anna Maria is Maria Anna, and José María is no María José
    one, several = sorted((a, b), key=len)
    # A second given name used alone: Ann of Mary Ann. A middle initial agrees with too many names to be evidence.
    return not (
        len(one) == 1 < len(one[0]) and any(len(word) > 1 and _compatible(one[0], word) for word in several[1:])
    )


@lru_cache(_CACHE)
def name_conflict(a: tuple[str, str], b: tuple[str, str]) -> bool:
    """`given_conflict` for (given, family) pairs. Given and family name swapped are not different either."""
    (given_a, family_a), (given_b, family_b) = (tuple(map(latin_words, name)) for name in (a, b))
    scripts = script_of(a[0]), script_of(b[0])
    if every_letter_counts(*scripts):
        return differ_by_letters(given_a, given_b) and not (
            set(given_a) & set(family_b) and set(family_a) & set(given_b)
        )
    given_a, family_a, given_b, family_b = map(given_names_in, (given_a, family_a, given_b, family_b))
    if incomparable(*scripts) or not _conflict(given_a, given_b):
        return False
    # If one family name is missing, the other half of the swap decides; if both are missing, there is no swap.
    swapped = (family_a or family_b) and not _conflict(given_a, family_b) and not _conflict(family_a, given_b)
    return not swapped


@lru_cache(_CACHE)
def name_signature(given: str, family: str) -> str | None:
    """A token that typical variants of one person's name share, to count different people; None without a given name.

    It is the sound of the formal form of the first given name. The family name only serves to recognise "Smith John"
    as "John Smith". It is not part of the token: people marry and tills leave it out, so one person would count twice.
    """
    given_words, family_words = given_names_in(latin_words(given)), latin_words(family)
    if (
        given_words
        and family_words
        and not is_given_name(given_words[0])
        and len(nicknames_of(family_words[0])) >= _MANY_NICKNAMES
    ):
        given_words = family_words
    if not given_words or (len(given_words[0]) == 1 and given_words[0].upper() != given_words[0]):
        return None
    formal = _formal(given_words[0])
    return metaphone(_spelling(formal)) or formal


def is_given_name(name: str) -> bool:
    """Whether the lexicon knows it as a given name. It also lists family names with nicknames (Smith, Smitty)."""
    return bool(formal_names_of(name)) or len(nicknames_of(name)) >= _MANY_NICKNAMES


@lru_cache(_CACHE)
def _formal(name: str) -> str:
    """The formal name it most likely stands for."""
    return likeliest(_relatives(name)[0])
