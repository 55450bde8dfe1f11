"""Customer numbers: one form, easy to read aloud, and another number for another digest."""

from __future__ import annotations

import base64
import re

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import customer_number

digests = st.binary(min_size=32, max_size=32)


def text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


@given(digests)
def test_a_number_has_twelve_letters_that_cannot_be_confused(digest: bytes) -> None:
    assert re.fullmatch(r"CUST(-[0-9A-HJKMNP-TV-Z]{4}){3}", customer_number(text(digest)))


@given(digests, st.integers(0, 59))
def test_each_of_the_first_sixty_bits_counts(digest: bytes, place: int) -> None:
    other = bytearray(digest)
    other[place // 8] ^= 128 >> (place % 8)
    assert customer_number(text(digest)) != customer_number(text(bytes(other)))


def test_a_number_never_changes() -> None:
    assert customer_number(text(bytes(range(32)))) == "CUST-000G-40R4-0M30"
