"""Codes of personal coupons: one spelling, however they are typed, and a mistyped one is found without a look-up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.rewards.coupon_codes import coupon_code, read_code
from tests.kit.building import VAULT

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODES = st.text(min_size=1).map(lambda text: coupon_code(VAULT.keyed("test", text)))


@given(CODES, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_each_mistyped_letter_is_found(code: str, place: int, letter: str) -> None:
    plain = read_code(code)
    assert plain is not None
    typed = plain[:place] + letter + plain[place + 1 :]
    assert (read_code(typed) is None) == (letter != plain[place])


@given(CODES, st.integers(0, 10))
def test_letters_that_changed_places_are_found(code: str, place: int) -> None:
    plain = read_code(code) or ""
    pair = plain[place : place + 2]
    typed = plain[:place] + pair[::-1] + plain[place + 2 :]
    if len(set(pair)) == 2 and set(pair) != {"0", "Z"}:
        assert read_code(typed) is None


def test_it_is_read_however_it_is_written() -> None:
    code = coupon_code(VAULT.keyed("test", "one"))
    plain = code.replace("-", "")
    assert len(code) == 14
    assert [read_code(text) for text in (code, code.lower(), f" {plain[:6]} {plain[6:]} ")] == [plain] * 3
    typed = plain.replace("0", "o").replace("1", "l")
    assert read_code(typed) == plain


@pytest.mark.parametrize("text", ["", "WELCOME", "0000-0000-000", "0000-0000-0000-0", "ÄÄÄÄ-ÄÄÄÄ-ÄÄÄÄ"])
def test_what_is_no_code(text: str) -> None:
    assert read_code(text) is None
