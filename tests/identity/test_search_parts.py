"""Parts that people search by have equal hashes however they are written, and say nothing."""

from __future__ import annotations

import pytest

from identity.search_parts import account_part, digits_part, family_part, family_parts, identifier_part
from tests.kit.building import VAULT


@pytest.mark.parametrize(
    ("type_", "value", "digits"),
    [
        ("phone", "+12125550142", "0142"),
        ("phone", "+12125550142;ext=77", "0142"),
        ("loyalty_card", "REG40007788", "7788"),
        ("loyalty_card", "1234-A5678", "5678"),
    ],
)
def test_the_last_digits_of_phones_and_cards(type_: str, value: str, digits: str) -> None:
    assert identifier_part(VAULT, type_, value) == digits_part(VAULT, digits)


@pytest.mark.parametrize(
    ("type_", "value"),
    [("phone", "0142"), ("loyalty_card", "REG"), ("email", "a1234@x.example"), ("device_id", "d1234")],
)
def test_what_has_no_part(type_: str, value: str) -> None:
    assert identifier_part(VAULT, type_, value) is None


def test_an_account_without_its_source() -> None:
    for value in ("web-shop:20931", "grill/20931", "20931"):
        assert identifier_part(VAULT, "account_id", value) == account_part(VAULT, "20931")
    assert account_part(VAULT, "20931.0") == account_part(VAULT, "20931")
    assert account_part(VAULT, "0035g00000AbCdE") != account_part(VAULT, "0035g00000aBcDe")
    assert account_part(VAULT, "4.36641E+10") is None


def test_a_family_name_and_the_words_of_a_long_one() -> None:
    assert family_parts(VAULT, "Müller") == {
        "familyKey": family_part(VAULT, "MULLER"), "familyStart": None, "familyEnd": None
    }  # fmt: skip
    long = family_parts(VAULT, "van den Berg")
    assert (long["familyKey"], long["familyEnd"]) == (family_part(VAULT, "Van Den Berg"), family_part(VAULT, "berg"))
    assert family_parts(VAULT, "")["familyKey"] is None
    assert "Berg" not in str(long)
