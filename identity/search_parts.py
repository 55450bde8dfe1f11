"""Keyed hashes of the parts by which agents search: a family name, the last four digits of a phone or card, an id of an
account without its source. Nobody can read them, and equal parts have equal hashes."""

from __future__ import annotations

import re
from typing import Any

from domain.source_ids import source_id
from matching.names.scripts import words
from privacy.vault import Vault

LAST = 4
"""Digits of a phone or card that are enough to search for it."""
_WITH_DIGITS = ("phone", "loyalty_card")
_ACCOUNTS = ("account_id",)
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}[:/]")


def identifier_part(vault: Vault, type_: str, value: str) -> str | None:
    """The hash of the part of a normalised value that people search for; None where its type has none."""
    if type_ in _WITH_DIGITS:
        digits = re.sub(r"\D", "", value.partition(";ext=")[0])
        return digits_part(vault, digits[-LAST:]) if len(digits) > LAST else None
    return account_part(vault, _SOURCE.sub("", value, count=1)) if type_ in _ACCOUNTS else None


def digits_part(vault: Vault, digits: str) -> str:
    return vault.keyed("last digits", digits)


def account_part(vault: Vault, id_: str) -> str | None:
    """The hash of an account's id in whatever source; None of what is no id."""
    try:
        return vault.keyed("account", source_id(id_))
    except ValueError:
        return None


def family_parts(vault: Vault, family: str) -> dict[str, Any]:
    """The hashes of a family name, and of the first and last word of one that has several, by property."""
    found = words(family) or tuple(family.casefold().split())
    several = len(found) > 1
    return {
        "familyKey": family_part(vault, family),
        "familyStart": family_part(vault, found[0]) if several else None,
        "familyEnd": family_part(vault, found[-1]) if several else None,
    }


def family_part(vault: Vault, family: str) -> str | None:
    """The hash of a family name, whatever its case, accents and punctuation; None without one."""
    found = words(family) or tuple(family.casefold().split())
    return vault.keyed("family", " ".join(found)) if found else None
