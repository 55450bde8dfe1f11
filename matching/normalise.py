"""One spelling per identifier value, and its masked form for display. Both are pure functions."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from domain.countries import iso_country
from domain.source_ids import source_id, visible

DOTS = "•••"
# One mailbox under several domains; the first is what all of its users have.
_SAME_MAILBOX = {
    "googlemail.com": "gmail.com", "me.com": "icloud.com", "mac.com": "icloud.com", "protonmail.com": "proton.me",
}  # fmt: skip
_TYPED_BY_HAND = ("loyalty_card", "government_id")
_UUID = re.compile(r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
# Providers that deliver local+anything to local. With others a plus may be part of the address.
_PLUS_TAG = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com",
        "mac.com", "fastmail.com", "proton.me", "protonmail.com", "yandex.com", "zoho.com", "hey.com",
    }
)  # fmt: skip


@lru_cache(maxsize=8192)  # a guest's next order carries the same values
def normalise(type: str, value: str, *, region: str) -> str:
    """The one spelling of a value; normalising it again changes nothing.

    E-mail: RFC syntax without DNS, case-folded, without a name before it, domain in ASCII (IDNA), `+tag` dropped for
    well-known providers.
    Phone: E.164, read in `region` (ISO 3166) if it has no country code. What people type (cards, government ids): NFKC,
    case-folded, without spaces and dashes. Others are ids that systems make: every sign counts, also case; only UUIDs
    are in lower case. All are without invisible characters, outer spaces, and what spreadsheets make of numbers.
    Raises ValueError with a reason that does not contain the value.
    """
    if type == "email":
        return _email(visible(value))
    text = unicodedata.normalize("NFC", source_id(value))
    if type == "phone":
        return _phone(text, region)
    if type in _TYPED_BY_HAND:
        text = _kept(text)
        while text != (again := _kept(text)):  # after a removal, a letter and an accent may become one character
            text = again
    elif _UUID.fullmatch(text):
        text = text.lower()
    if not text:
        raise ValueError("is empty")
    return text


def _kept(text: str) -> str:
    return "".join(c for c in _fold(text) if unicodedata.category(c) not in ("Cf", "Zs", "Pd")).strip()


def _fold(text: str) -> str:
    """NFKC_Casefold (Unicode 3.13), except that invisible characters stay."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", text).casefold())


def _email(value: str) -> str:
    try:
        address = validate_email(value.strip(), check_deliverability=False, allow_display_name=True)
    except EmailNotValidError:
        raise ValueError("is not an e-mail address") from None
    local, domain = _fold(address.local_part), (address.ascii_domain or address.domain).lower()
    if domain in _PLUS_TAG:
        local = local.partition("+")[0] or local
        domain = _SAME_MAILBOX.get(domain, domain)
    return f"{local}@{domain}"


def _phone(value: str, region: str) -> str:
    try:
        number = _renumbered(phonenumbers.parse(value, iso_country(region)))
    except phonenumbers.NumberParseException:
        raise ValueError("is not a phone number") from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError("is not a phone number in use")
    # Behind one switchboard every extension is somebody else (RFC 3966).
    extension = f";ext={number.extension}" if number.extension else ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) + extension


def _renumbered(number: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber:
    """The number as it is dialled today: Mexico dropped the 1 of its mobiles, Brazil gave its own a 9, and Argentina's
    have a 9 only from abroad."""
    national = str(number.national_number)
    match number.country_code, len(national):
        case (52, 11) if national[0] == "1":
            national = national[1:]
        case (54, 11) if national[0] == "9":
            national = national[1:]
        case (55, 10) if national[2] in "6789":
            national = f"{national[:2]}9{national[2:]}"
        case _:
            return number
    today = phonenumbers.PhoneNumber()
    today.merge_from(number)
    today.national_number = int(national)
    return today if phonenumbers.is_valid_number(today) else number


def mask(type: str, normalised: str) -> str:
    """The masked form of a normalised value: a•••@g•••.com, +1 ••• ••67, ••••1234; a short value gives only dots."""
    if type == "email":
        local, _, domain = normalised.rpartition("@")
        name, _, end = domain.partition(".")
        return f"{_initial(local)}@{_initial(name)}.{end.rpartition('.')[2]}"
    if type == "phone":
        try:
            country = f"+{phonenumbers.parse(normalised).country_code} "
        except phonenumbers.NumberParseException:
            country = ""
        return f"{country}{DOTS} ••{normalised.partition(';')[0][-2:]}"
    return f"••••{normalised[-4:]}" if len(normalised) >= 8 else "••••"


def _initial(text: str) -> str:
    return (text[0] if len(text) > 1 else "") + DOTS


def mask_name(given: str, family: str) -> str:
    """Initials and dots: J••• S•••. Empty if no name is known."""
    return " ".join(part[0] + DOTS for part in (given.strip(), family.strip()) if part)
