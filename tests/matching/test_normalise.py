from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matching import default, mask, mask_name, normalise

TYPES = [*default(), "something_new"]
_locals = st.from_regex(r"[A-Za-z0-9]{1,12}([._+-][A-Za-z0-9]{1,8}){0,2}", fullmatch=True)
_domains = st.sampled_from(["Gmail.com", "bücher.de", "straße.de", "mail.example.co.uk", "x.org"])
_emails = st.builds("{}@{}".format, _locals, _domains)
_phones = st.builds(
    "+1 {}{:02d} {}{:06d}".format, st.integers(2, 9), st.integers(0, 99), st.integers(2, 9), st.integers(0, 999_999)
)


def once(kind: str, value: str) -> str:
    try:
        return normalise(kind, value, region="US")
    except ValueError:
        assume(False)
        raise


@given(st.sampled_from(TYPES), st.one_of(st.text(max_size=30), _emails, _phones))
def test_normalising_twice_changes_nothing(kind: str, value: str) -> None:
    found = once(kind, value)
    assert normalise(kind, found, region="GB") == found


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("email", " Anna.Smith@Example.COM ", "anna.smith@example.com"),
        ("email", "anna+news@gmail.com", "anna@gmail.com"),
        ("email", "anna+news@firm.com", "anna+news@firm.com"),
        ("email", "anna@Bücher.de", "anna@xn--bcher-kva.de"),
        ("phone", "(702) 919-1300", "+17029191300"),
        ("phone", "+44 20 7946 0958", "+442079460958"),
        ("phone", "702-919-1300 ext. 5", "+17029191300"),
        ("loyalty_card", " 1234 5678-90AB ", "1234567890ab"),
        ("loyalty_card", "１２３４–５６", "123456"),
        ("loyalty_card", "A¯", "ā"),
        ("loyalty_card", "60010012345.0", "60010012345"),
        ("government_id", "ab 12-34", "ab1234"),
        ("account_id", " Brand A:X-1", "Brand A:X-1"),
        ("account_id", "0035g00000AbCdE", "0035g00000AbCdE"),
        ("payment_token", "tok_\ufb01Re", "tok_\ufb01Re"),
        ("external_id", "e\u0301", "\u00e9"),
        ("device_id", "\u200bAB-CD", "AB-CD"),
        ("device_id", "8D3C6F0E-51C5-4F43-9A80-1F0D5D5C7B11", "8d3c6f0e-51c5-4f43-9a80-1f0d5d5c7b11"),
        ("account_id", "4711.0", "4711"),
        ("email", "\u200bjane@exa\u200bmple.org\ufeff", "jane@example.org"),
        ("phone", "+1 702\u200b-919-1300\u202c", "+17029191300"),
        ("phone", "7029191300.0", "+17029191300"),
        ("phone", "7.029191300E+9", "+17029191300"),
    ],
)
def test_one_spelling(kind: str, value: str, expected: str) -> None:
    assert normalise(kind, value, region="US") == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "secret.person"),
        ("email", "secret@@x.org"),
        ("phone", "secret"),
        ("phone", "123"),
        ("phone", "4.36641E+10"),
        ("loyalty_card", "6.00100123456789E+15"),
        ("account_id", "6.00100123456789E+15"),
        ("phone", "+1 000 000 0000"),
        ("loyalty_card", " - "),
        ("other", "\u200b "),
    ],
)
def test_what_cannot_be_read_is_refused_without_being_repeated(kind: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"^is ") as caught:
        normalise(kind, value, region="US")
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("email", "anna@gmail.com", "a•••@g•••.com"),
        ("email", "a@x.co.uk", "•••@•••.uk"),
        ("phone", "+17029191367", "+1 ••• ••67"),
        ("phone", "+442079460958", "+44 ••• ••58"),
        ("loyalty_card", "123456781234", "••••1234"),
        ("loyalty_card", "1234567", "••••"),
    ],
)
def test_masks(kind: str, value: str, expected: str) -> None:
    assert mask(kind, value) == expected


@given(_emails)
def test_a_masked_email_shows_two_letters_and_the_end(value: str) -> None:
    email = once("email", value)
    masked = mask("email", email)
    assert re.fullmatch(r"[^@•]?•••@[^@•]?•••\.[a-z]+", masked)
    assert email.partition("@")[0] not in masked.partition("@")[0]


@given(_phones)
def test_a_masked_phone_shows_the_country_and_two_digits(value: str) -> None:
    assert re.fullmatch(r"\+1 ••• ••\d\d", mask("phone", once("phone", value)))


@given(st.sampled_from([kind for kind in TYPES if kind not in ("email", "phone")]), st.text(max_size=30))
def test_any_other_mask_shows_at_most_half_and_at_most_four(kind: str, value: str) -> None:
    found = once(kind, value)
    shown = mask(kind, found).removeprefix("••••")
    assert len(shown) <= min(4, len(found) / 2)


def test_masked_names() -> None:
    assert mask_name("José María", "Ortega") == "J••• O•••"
    assert mask_name("", "Ortega") == "O•••"
    assert mask_name(" ", "") == ""


POLICIES = default()


@pytest.mark.parametrize(
    ("kind", "value", "blocked"),
    [
        ("phone", "702-555-5555", True),
        ("phone", "212-345-6789", True),
        ("phone", "702-919-1300", False),
        ("phone", "702-919-1111", False),
        ("email", "No-Reply@shop.com", True),
        ("email", "none@none.com", True),
        ("email", "test@shop.com", True),
        ("email", "testa@shop.com", False),
        ("email", "anna@example.com", False),
        ("loyalty_card", "0000-0000", True),
        ("loyalty_card", "1234567890", True),
        ("loyalty_card", "4400120034", False),
        ("device_id", "00000000-0000-0000-0000-000000000000", True),
        ("anonymous_id", "undefined", True),
    ],
)
def test_dummies_are_blocked(kind: str, value: str, blocked: bool) -> None:
    assert POLICIES.is_blocked(kind, normalise(kind, value, region="US")) is blocked
