"""Kinds for the columns of a table, proposed only from their names and contents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from matching.names.differences import is_given_name
from matching.names.given_names import is_listed, is_listed_family
from matching.names.scripts import latin_words, words
from matching.tables.kinds import Kind
from matching.tables.spelling import EMPTY

_SAMPLE = 1000


def propose(table: Mapping[str, Sequence[str]]) -> dict[str, Kind]:
    """Kinds for the columns that describe the person or thing of a record.

    Left out: columns with one value or none, keys of rows or groups (they may reveal a label), and columns that only
    qualify another column (the type of a phone, the country of a passport).
    """
    kinds: dict[str, Kind] = {}
    for name, texts in table.items():
        filled = [text for text in texts if text.casefold() not in EMPTY]
        distinct = len(set(filled))
        if distinct < 2:
            continue
        plain = snake_case(name)
        kind = next((kind for pattern, kind in _BY_NAME if pattern.search(plain)), None)
        if kind is None and (_KEY.search(plain) or (distinct == len(texts) and _NUMBERED.search(plain))):
            continue
        kinds[name] = kind or _by_content(filled[:_SAMPLE])
    _settle_names(table, kinds)
    return {name: kind for name, kind in kinds.items() if not _qualifies(snake_case(name), kinds)}


def snake_case(name: str) -> str:
    """A column's name in snake case."""
    return re.sub(r"[\W_]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)).strip("_").casefold()


_KEY = re.compile(
    r"(^|_)(id|key|pk|uuid|guid|index|idx)(_?\d+)?$|^(row|rec|record|unique)(_|$)(?!type)|"
    r"^(true_?|gold_?|test_?)?(cluster|label|truth|group|match|entity)(_|$)(?!name)"
)
_NUMBERED = re.compile(r"(^|_)(nr|no|num|number|code)$")
_UNSURE = re.compile(r"^name(_?\d+)?$")
_BY_NAME = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"birth_?(place|city|town|country|state)|(place|city|town|country|state)_of_birth", Kind.TEXT),
        (r"(^|_)age$", Kind.NUMBER),
        (r"birth|(^|_)dob($|_)|date_of_b|^born", Kind.BIRTH),
        (r"e_?mail", Kind.EMAIL),
        (r"phone|(^|_)(mobile|cell|tel|fax)($|_)", Kind.PHONE),
        (r"post_?(al_?)?code|(^|_)(zip|postal|postcode|plz)($|_)|zip_?code", Kind.POSTCODE),
        (
            r"(^|_)(ssn|nin|nino|nhs|lei|vat|iban|ein|tin|curp|cpf|dni)($|_)|soc(ial)?_?sec|passport|licen[cs]e|"
            r"(national|tax|government|fiscal)_id|medicare|insurance_(no|number|id)",
            Kind.ID,
        ),
        (r"(^|_)(suffix|generation)$", Kind.SUFFIX),
        (r"employer|affiliation|works_for", Kind.EMPLOYER),
        (r"(company|organi[sz]ation|firm|(^|_)org($|_)|business_name)", Kind.ORGANISATION),
        (r"(first|given|fore)_?(name)?_and_(sur|last|family)_?name|(^|_)name_and_surname", Kind.FULL),
        (r"middle|second_name", Kind.MIDDLE),
        (r"sur_?name|last_?name|name_?last|family|maiden|^last$|(^|_)lname", Kind.FAMILY),
        (r"given|first_?name|name_?first|fore_?name|^first$|(^|_)fname", Kind.GIVEN),
        (r"full_?name|name_?full|native_?name|alias|also_known|(person|customer|patient|guest)_?name", Kind.FULL),
        (_UNSURE.pattern, Kind.FULL),
        (r"^(authors?|creators?|editors?|inventors?|actors?|contributors?)$", Kind.PEOPLE),
        (r"(^|_)(sex|gender)(_(code|desc|name))?$", Kind.SEX),
        (r"(^|_)addr(ess)?_?(line_?)?[2-9]$", Kind.TEXT),
        (r"(^|_)addr(ess)?_?full|full_?addr", Kind.ADDRESS),
        (r"(^|_)(addr(ess)?_?line(_?1)?|street|road|street_?(name|address)|addr(ess)?_?1)$", Kind.STREET),
        (r"(^|_)addr(ess)?(es)?$|_addr(ess)?_?\d?$", Kind.ADDRESS),
        (r"(^|_)(city|town|suburb|municipality|locality)(_(name|desc))?$", Kind.CITY),
        (r"(^|_)(state|province|region)$", Kind.STATE),
        (r"(^|_)country$", Kind.COUNTRY),
        (r"(^|_)(price|amount|abv|cost|weight|height|width|lat|lon|lng|latitude|longitude)$", Kind.AMOUNT),
    )
)
_PARTS = {Kind.ADDRESS, Kind.STREET, Kind.PHONE, Kind.EMAIL, Kind.ID}
_QUALIFIER = re.compile(r"_(type|country|state|issuer|kind|status)$")


def _qualifies(plain: str, kinds: Mapping[str, Kind]) -> bool:
    """Whether the column only gives the type of another column's value. Parts of an address are more than that."""
    qualifier = _QUALIFIER.search(plain)
    if not qualifier:
        return False
    stem = plain[: qualifier.start()] + "_"
    about = {
        kind for name, kind in kinds.items() if snake_case(name) != plain and (snake_case(name) + "_").startswith(stem)
    }
    if not about & _PARTS:
        return False
    return not (qualifier[1] in ("country", "state") and about & {Kind.ADDRESS, Kind.STREET})


def _settle_names(table: Mapping[str, Sequence[str]], kinds: dict[str, Kind]) -> None:
    """A column called "name" holds people's names only if its words are given names; otherwise it is a title."""
    for name, kind in kinds.items():
        if kind is Kind.FULL and _UNSURE.search(snake_case(name)) and not _people(table[name]):
            kinds[name] = Kind.TEXT
    if not {Kind.GIVEN, Kind.FAMILY, Kind.FULL, Kind.PEOPLE} & set(kinds.values()):
        kinds.update(_names_by_content({name: table[name] for name, kind in kinds.items() if kind is Kind.TEXT}))


def _names_by_content(texts: Mapping[str, Sequence[str]]) -> dict[str, Kind]:
    """The column of given names and that of family names, if there are both: the months of a calendar and the words
    "white" and "black" are names too, but not beside a column of the others."""
    found: dict[Kind, tuple[float, str]] = {}
    for name, cells in texts.items():
        filled = [text for text in cells if text][:_SAMPLE]
        single = [word for text in filled if text.isalpha() for word in latin_words(text)]
        if len(set(single)) < _FEW_NAMES or len(single) < len(filled) / 2:
            continue
        given, family = (sum(map(is_one, single)) / len(single) for is_one in (is_listed, is_listed_family))
        kind, share = (Kind.GIVEN, given) if given > family else (Kind.FAMILY, family)
        if share > _MOSTLY:
            found[kind] = max(found.get(kind, (0.0, "")), (share, name))
    return {name: kind for kind, (_, name) in found.items()} if len(found) == 2 else {}


def _people(texts: Sequence[str]) -> bool:
    word_lists = [words(text) for text in texts if text][:_SAMPLE]
    fit = [name_words for name_words in word_lists if 1 <= len(name_words) <= 5]
    if len(fit) < 0.8 * len(word_lists) or not word_lists:
        return False
    native = sum(not "".join(name_words).isascii() for name_words in word_lists)
    listed = sum(any(map(is_given_name, name_words)) for name_words in word_lists)
    return native + listed >= 0.4 * len(word_lists)


_DECIMAL = re.compile(r"^[$€£]?\s?-?\d+[.,]\d{1,2}$|^[$€£]\s?\d+$")
_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}( \d\d:\d\d(:\d\d)?)?$")
_POSTCODE = re.compile(r"(?i)^([a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d)$")
"""Postcodes that look like nothing else: British and Canadian ones."""
_HOUSE_AND_STREET = re.compile(r"^\d{1,5}[a-z]?,? ([^\W\d]{3,}\D*)$")
"""A date ("12 March 2020") ends with digits."""
_MOSTLY = 0.5
"""The share of names that lists know, above which a column holds given or family names. Of cities they know a tenth."""
_FEW_NAMES = 20
"""Different names that a column of names has at least."""
_PHONE = re.compile(r"^[+(]?\d[\d\s().\-/+]{6,18}$")


def _by_content(sample: Sequence[str]) -> Kind:
    for shape, kind in (
        (re.compile("@"), Kind.EMAIL),
        (_DATE, Kind.DATE),
        (_DECIMAL, Kind.AMOUNT),
        (_POSTCODE, Kind.POSTCODE),
    ):
        if sum(bool(shape.search(text)) for text in sample) > len(sample) / 2:
            return kind
    phones = [text for text in sample if _PHONE.match(text) and re.search(r"[\s().\-/+]", text)]
    if len(phones) > len(sample) / 2:
        return Kind.PHONE
    streets = {text: found[1] for text in sample if (found := _HOUSE_AND_STREET.match(text))}
    if len(streets) > len(set(sample)) / 2 and len(set(streets.values())) > len(streets) / 2:
        return Kind.STREET  # of measures ("120 min") the words are few
    digits = sum(map(str.isdigit, "".join(sample)))
    letters = sum(map(str.isalpha, "".join(sample)))
    return Kind.NUMBER if digits > letters else Kind.TEXT
