"""Codes of personal coupons: twelve letters and digits that are read aloud easily; the last one checks the others.

The alphabet is Crockford's base 32, which has no I, L, O and U. The check is the Luhn algorithm in base 32: it finds
each mistyped letter, and nearly each pair of neighbours that changed places.
"""

from __future__ import annotations

import base64

from loyalty.rewards.rewards import plain_code

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE = len(_ALPHABET)
_LETTERS = 11  # beside the check letter: 55 bits, so that nobody finds one by trying
_READ_AS = str.maketrans("OIL", "011")


def coupon_code(digest: str) -> str:
    """`XXXX-XXXX-XXXX` from a keyed hash (URL-safe base64)."""
    bits = int.from_bytes(base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4))[:8], "big") >> (64 - 5 * _LETTERS)
    text = "".join(_ALPHABET[(bits >> (5 * place)) & 31] for place in reversed(range(_LETTERS)))
    text += _ALPHABET[-_sum(text + _ALPHABET[0]) % _BASE]
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def read_code(text: str) -> str | None:
    """The code in one spelling, however it was typed; None: it is none, or it was mistyped."""
    plain = plain_code(text).translate(_READ_AS)
    if len(plain) != _LETTERS + 1 or not set(plain) <= set(_ALPHABET) or _sum(plain) % _BASE:
        return None
    return plain


def _sum(text: str) -> int:
    total = 0
    for place, letter in enumerate(reversed(text)):
        high, low = divmod(_ALPHABET.index(letter) * (1 + place % 2), _BASE)
        total += high + low
    return total
