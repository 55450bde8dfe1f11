"""One spelling for each value of a column, by its kind: differences of habit disappear."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import lru_cache

from anyascii import anyascii
from jellyfish import metaphone

from matching.names.full_names import generation, split_full_name
from matching.names.scripts import words
from matching.tables.kinds import NAMES, Kind

EMPTY = frozenset(
    (
        "",
        "-",
        "--",
        ".",
        "?",
        "n/a",
        "na",
        "#n/a",
        "nan",
        "nat",
        "<na>",
        "null",
        "none",
        "nil",
        "unknown",
        "not available",
    )
)
"""Case-folded texts that systems write for an unknown value."""


def speller(kind: Kind, texts: Sequence[str]) -> Callable[[str], str]:
    """A function from a text to its spelling, "" for an unknown value. `texts` are all texts of the column: they show
    whether its dates put the day or the month first."""
    spell = _dates(texts) if kind in (Kind.BIRTH, Kind.DATE) else _SPELL[kind]
    return lambda text: "" if text.strip().casefold() in EMPTY else spell(text)


def _name(text: str) -> str:
    """Letters only. Scripts that write vowels as marks keep the marks."""
    letters = words(text)
    if "".join(letters).isascii():
        return " ".join(letters)
    return " ".join(re.findall(r"[^\s\d_.,;()\"]+", text.casefold()))


def plain_words(text: str) -> list[str]:
    """Words and numbers in lower case, without marks."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(c for c in folded if not unicodedata.combining(c)).replace("'", ""))


def _text(text: str) -> str:
    return " ".join(plain_words(text))


_EMAIL = re.compile(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+")


def _email(text: str) -> str:
    address = _EMAIL.search(text)
    return (address[0] if address else text).strip().casefold()


_FLOAT = re.compile(r"^(-?\d+)\.0+$")


def _number(text: str) -> str:
    """Without punctuation. A whole number that was stored with decimals (12.0) loses them."""
    return re.sub(r"\W|_", "", _FLOAT.sub(r"\1", text.strip())).casefold()


def _phone(text: str) -> str:
    return re.sub(r"\D", "", _FLOAT.sub(r"\1", re.split(r"(?i)\b(?:ext|x)\b", text)[0].strip())).lstrip("0")


def _postcode(text: str) -> str:
    """A ZIP+4 is cut to its first five digits."""
    code = _number(text)
    return code[:5] if len(code) == 9 and code.isdigit() else code


_SEXES = {"m": "m", "male": "m", "man": "m", "f": "f", "female": "f", "woman": "f", "w": "f"}


def _sex(text: str) -> str:
    return _SEXES.get(text.strip().casefold(), "")


def _suffix(text: str) -> str:
    number = generation(text)
    return "" if number is None else str(number)


_DECIMAL = re.compile(r"-?\d+(?:\.\d+)?")


def _amount(text: str) -> str:
    number = _DECIMAL.search(re.sub(r",(?=\d{3}\b)", "", text))
    return f"{float(number[0]):.6g}" if number else ""


_LEGAL = frozenset(
    [
        "inc",
        "incorporated",
        "ltd",
        "limited",
        "llc",
        "llp",
        "plc",
        "gmbh",
        "ag",
        "corp",
        "corporation",
        "co",
        "company",
        "pte",
        "sa",
        "srl",
        "bv",
        "kg",
    ]
)


def organisation(text: str) -> str:
    """The name of an organisation without its legal form and what stands in brackets."""
    all_words = plain_words(re.sub(r"\(.*?\)", " ", text)) or plain_words(text)
    return " ".join([word for word in all_words if word not in _LEGAL] or all_words)


_STREET_WORDS = {
    long: short
    for short, longs in {
        "st": "street str strasse straat",
        "ave": "avenue av",
        "rd": "road",
        "dr": "drive",
        "ln": "lane",
        "blvd": "boulevard",
        "ct": "court crt",
        "pl": "place",
        "sq": "square",
        "hwy": "highway",
        "pkwy": "parkway",
        "ter": "terrace tce",
        "cres": "crescent cr",
        "cl": "close",
        "cir": "circle cct circuit",
        "apt": "apartment apartments apts unit flat",
        "ste": "suite",
        "fl": "floor",
        "n": "north",
        "s": "south",
        "e": "east",
        "w": "west",
    }.items()
    for long in longs.split()
}
_STREET_END = re.compile(r"(?<=[a-z]{3})(strasse|str)\b")


def _address(text: str) -> str:
    text = re.sub(r"(?i)\bp\.?\s?o\.?\s?box\b", "pobox", text)
    joined = _STREET_END.sub(" st", " ".join(plain_words(text)))
    return " ".join(_STREET_WORDS.get(word, word) for word in joined.split())


_AND = re.compile(r"\s*(?:;|\||&|\band\b)\s*")


def _people(text: str) -> str:
    """Several people as family names and initials: sources write given names in full or as initials."""
    names = _AND.split(text)
    people = [split_full_name(name) for name in (names if len(names) > 1 else text.split(","))]
    parts = [(name.family, name.given) if name.family else (name.given, "") for name in people]
    return " ".join(f"{'_'.join(words(family))} {given.strip()[:1].casefold()}".strip() for family, given in parts)


_SPELL: dict[Kind, Callable[[str], str]] = {
    **dict.fromkeys((*NAMES, Kind.MIDDLE, Kind.FULL), _name),
    **dict.fromkeys((Kind.ADDRESS, Kind.STREET), _address),
    **dict.fromkeys((Kind.TEXT, Kind.CITY, Kind.STATE, Kind.COUNTRY), _text),
    **dict.fromkeys((Kind.NUMBER, Kind.CODE, Kind.ID), _number),
    Kind.SUFFIX: _suffix,
    Kind.PEOPLE: _people,
    Kind.SEX: _sex,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.POSTCODE: _postcode,
    Kind.AMOUNT: _amount,
    **dict.fromkeys((Kind.ORGANISATION, Kind.EMPLOYER), organisation),
}

_MONTHS = {
    month: n
    for n, month in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_DIGITS = re.compile(r"\d+")
_DATE_PARTS = re.compile(r"\d+|[a-z]{3,}")


def _numbers(text: str) -> tuple[list[str], bool]:
    """The numbers of a date, and whether the month was written as a name. In that case it is in the middle."""
    parts = _DATE_PARTS.findall(re.split(r"(?<=\d)[t\s]+\d\d:\d\d", text.casefold())[0])
    named = [part for part in parts if part[:3] in _MONTHS]
    digits = [part for part in parts if part.isdigit()]
    if len(named) != 1 or len(digits) != 2:
        return digits, False
    return [digits[0], str(_MONTHS[named[0][:3]]), digits[1]], True


def _dates(texts: Sequence[str]) -> Callable[[str], str]:
    """Reads this column's dates as YYYYMMDD. If both first parts may be the day, the habit of the column decides."""
    parts = [list(map(int, _DIGITS.findall(text))) for text in set(texts)]
    three = [p for p in parts if len(p) == 3 and p[0] < 100 and p[1] < 100]
    day_first = sum(p[0] > 12 for p in three) > sum(p[1] > 12 for p in three)

    def spell(text: str) -> str:
        numbers, named = _numbers(text)
        if len(numbers) == 1 and len(numbers[0]) == 8:
            return numbers[0]
        if len(numbers) != 3:
            return "".join(numbers)
        if len(numbers[0]) == 4:
            year, month, day = map(int, numbers)
        else:
            month, day, year = (int(numbers[n]) for n in ((1, 0, 2) if day_first or named else (0, 1, 2)))
            if month > 12 >= day:
                month, day = day, month
            year += 0 if year > 99 else 1900 if year > 30 else 2000
        return f"{year:04}{month:02}{day:02}"

    return spell


@lru_cache(65_536)
def latin(text: str) -> str:
    """A text of another script in Latin letters, with spaces between its words."""
    if text.isascii():
        return text
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", anyascii(text)).casefold()


@lru_cache(65_536)
def sound(name: str) -> str:
    """The sound of a name, of any script."""
    return metaphone(latin(name)) or latin(name)
