"""Finds what looks like an e-mail address, a telephone number or a payment card in free text, and takes it out.

Free text is what a source writes for its own use, such as the name of an order's line. It lies in clear, so nobody's
contact data may stand in it. Both functions are pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

import phonenumbers

EMAIL, PHONE, CARD = "[e-mail]", "[phone]", "[card]"
"""What stands in the place of what was taken out."""
_EMAIL = re.compile(r"[\w.+%'-]{1,64}(?:@|\uff20|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_CARD = re.compile(r"(?<!\d)\d(?:[ ._-]?\d){12,18}(?!\d)")
# A hash or a UUID in hexadecimal: one of a few dozen has the digits of a card by chance.
_DIGEST = re.compile(r"(?<![0-9A-Za-z])(?=[0-9-]*[a-fA-F])[0-9a-fA-F-]{20,}(?![0-9A-Za-z])")
_SEVEN_DIGITS = re.compile(r"\d(?:[^\w+@]{0,3}\d){6}")
_WRITTEN_FOR_PEOPLE = re.compile(r"[+()\s]|\d[-.]\d+[-.]\d")
_LUHN = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
# The first digits of the schemes of payment cards (ISO/IEC 7812), and how many digits their numbers have.
_SCHEMES = (
    (re.compile("4"), (13, 16, 19)),
    (re.compile("5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)"), (16,)),
    (re.compile("3[47]"), (15,)),
    (re.compile("6011|64[4-9]|65|62|35(?:2[89]|[3-8])"), (16, 17, 18, 19)),
    (re.compile("30[0-5]|36|38|39"), (14, 15, 16, 17, 18, 19)),
    (re.compile("50|5[6-9]|6[37]"), (13, 14, 15, 16, 17, 18, 19)),
)


def masked(text: str, region: str, *, name: bool = True) -> str:
    """The text without e-mail addresses, telephone numbers and card numbers.

    A `name` is written for people: any telephone number in it is found, read in `region` (ISO 3166) if it has no
    country code. Elsewhere, as in the id of an order, plain digits are no telephone number.
    """
    if "@" in text or "\uff20" in text or "%40" in text:
        text = _EMAIL.sub(EMAIL, text)
    if _SEVEN_DIGITS.search(text) is None:
        return text
    text = without_cards(text)
    if not name and _WRITTEN_FOR_PEOPLE.search(text) is None:
        return text
    found = [(match.start, match.end) for match in phonenumbers.PhoneNumberMatcher(text, region)]
    for start, end in reversed(found):
        text = text[:start] + PHONE + text[end:]
    return text


def without_cards(text: str) -> str:
    """The text without card numbers: 13 to 19 digits of a payment scheme, with a right check digit."""
    digests = [match.span() for match in _DIGEST.finditer(text)]

    def kept(match: re.Match[str]) -> str:
        in_digest = any(start < match.end() and match.start() < end for start, end in digests)
        return CARD if _is_card(match[0]) and not in_digest else match[0]

    return _CARD.sub(kept, text)


def cards_taken_out(value: Any) -> tuple[Any, list[tuple[str, ...]]]:
    """A JSON value without card numbers, and where they were: member names, outermost first, lists left out.

    Iterative, as a value may be nested more deeply than recursion goes; the value itself is not changed.
    """
    places: list[tuple[str, ...]] = []
    root: list[Any] = [value]
    waiting: list[tuple[Any, Any, tuple[str, ...]]] = [(root, 0, ())]
    while waiting:
        holder, at, path = waiting.pop()
        found = holder[at]
        if isinstance(found, Mapping):
            members = cast(Mapping[str, Any], found)
            names = {name: without_cards(name) for name in members}
            places += [(*path, CARD) for name, kept in names.items() if name != kept]
            holder[at] = copy = {names[name]: member for name, member in members.items()}
            waiting += [(copy, name, (*path, name)) for name in copy]
        elif isinstance(found, list):
            holder[at] = items = list(cast(list[Any], found))
            waiting += [(items, index, path) for index in range(len(items))]
        elif isinstance(found, str):
            if (kept := without_cards(found)) != found:
                holder[at] = kept
                places.append(path)
        elif isinstance(found, int | float) and without_cards(text := f"{found:.0f}" if found == found else "") != text:
            holder[at] = CARD
            places.append(path)
    return root[0], places


def may_hold_card(text: str) -> bool:
    """Whether it is worth looking for a card number in this text, such as a whole event as JSON."""
    return any(_is_card(match[0]) for match in _CARD.finditer(text))


def _is_card(text: str) -> bool:
    digits = [int(character) for character in text if character.isdigit()]
    number = "".join(map(str, digits))
    if not any(scheme.match(number) and len(digits) in lengths for scheme, lengths in _SCHEMES):
        return False
    return sum(_LUHN[digit] if odd else digit for digit, odd in _doubled(digits)) % 10 == 0


def _doubled(digits: list[int]) -> Iterator[tuple[int, bool]]:
    """Each digit, and whether it counts double: every second one from the right."""
    return ((digit, place % 2 == 1) for place, digit in enumerate(reversed(digits)))
