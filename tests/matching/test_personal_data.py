"""Contact data and card numbers are found in free text, and what a business counts with is left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.personal_data import cards_taken_out, masked, may_hold_card, without_cards

CARDS = [
    "4111111111111111", "4222222222222", "5555555555554444", "5105105105105100", "2223003122003222", "378282246310005",
    "6011111111111117", "3530111333300000", "30569309025904", "6200000000000005", "6759649826438453",
    "4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111", "5555_5555_5555_4444",
    "\uff14111111111111111",
]  # fmt: skip


@pytest.mark.parametrize("card", CARDS)
def test_card_numbers_are_found_however_they_are_written(card: str) -> None:
    assert without_cards(card) == "[card]"
    assert without_cards(f"Gift for Gertrude {card}, thanks") == "Gift for Gertrude [card], thanks"
    assert without_cards(f"x{card}y") == "x[card]y"
    assert may_hold_card(f'{{"name":"{card}"}}')


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112", "1767225600123", "20260301183000", "00000000000000000000", "0000000000000000",
        "41111111111111111111", "550e8400-e29b-41d4-a716-446655440000", "2026-03-01T18:30:00.123456Z", "123456789012",
        "9780306406157", "order 10000000000001",
    ],
)  # fmt: skip
def test_other_numbers_are_no_cards(text: str) -> None:
    assert without_cards(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("gertrude.order@mail.example", "[e-mail]"),
        ("for gertrude+x@mail.example!", "for [e-mail]!"),
        ("gertrude%40mail.example", "[e-mail]"),
        ("gertrude\uff20mail.example", "[e-mail]"),
        ("mailto:g@mail.co.example", "mailto:[e-mail]"),
        ("+12125550188", "[phone]"),
        ("+1 212 555 0188", "[phone]"),
        ("(212) 555-0188", "[phone]"),
        ("212-555-0188", "[phone]"),
        ("+39 06 6982 1234", "[phone]"),
        ("order-4111111111111111", "order-[card]"),
        ("till-3", "till-3"),
        ("2026-03-01-0042", "2026-03-01-0042"),
        ("2125550188", "2125550188"),
        ("0001234567", "0001234567"),
        ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
        ("A@1", "A@1"),
    ],
)
def test_ids_lose_what_is_surely_contact_data(text: str, kept: str) -> None:
    assert masked(text, "US", name=False) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Gift for Gertrude 5555555555554444", "Gift for Gertrude [card]"),
        ("call 2125550188", "call [phone]"),
        ("call (212) 555 0188 or g@mail.example", "call [phone] or [e-mail]"),
        ("tel. +44 20 7946 0018", "tel. [phone]"),
        ("Pizza 4 stagioni 33 cm", "Pizza 4 stagioni 33 cm"),
        ("Table 12, 2026-03-01 18:30", "Table 12, 2026-03-01 18:30"),
        ("Cola 0.33 x 1000000", "Cola 0.33 x 1000000"),
        ("", ""),
    ],
)
def test_names_lose_contact_data(text: str, kept: str) -> None:
    assert masked(text, "US") == kept


def test_cards_are_taken_out_of_any_json_value() -> None:
    card = CARDS[0]
    value: Any = {
        "order": {"id": f"o-{card}", "lines": [{"name": "Soup"}, {"name": f"Gift {card}"}]},
        "properties": {"deep": [[{"x": card}]], "number": int(card), card: 1, "fine": [1, 2.5, None, True, "x"]},
    }
    before = repr(value)
    kept, places = cards_taken_out(value)
    assert "4111111111111111" not in repr(kept)
    assert repr(value) == before
    assert sorted(places) == sorted(
        [
            ("order", "id"),
            ("order", "lines", "name"),
            ("properties", "[card]"),
            ("properties", "deep", "x"),
            ("properties", "number"),
        ]
    )
    assert kept["properties"]["fine"] == [1, 2.5, None, True, "x"]


def test_depth_does_not_matter() -> None:
    value: Any = CARDS[0]
    for _ in range(5_000):
        value = [value]
    _, places = cards_taken_out(value)
    assert places == [()]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_is_left_holds_no_card_and_taking_out_again_changes_nothing(value: Any) -> None:
    kept, places = cards_taken_out(value)
    assert cards_taken_out(kept) == (kept, []) or kept != kept or "nan" in repr(kept)
    if not places:
        assert repr(kept) == repr(value)


@pytest.mark.parametrize(
    "digest",
    [
        "b2100bfd0b4111111111111111e4d91f2f27767351",
        "product.upserted:sha256-ca7b5555555555554444dba12839a2351258e661",
        "4111111111111111abcdef0123456789",
        "a4111111-1111-1111-b111-4242424242424242",
    ],
)
def test_digits_in_a_digest_are_no_card(digest: str) -> None:
    assert without_cards(digest) == digest


@pytest.mark.parametrize(
    "text", ["visa4111111111111111", "cc:4111111111111111", "4111-1111-1111-1111", "a 4111111111111111 b"]
)
def test_a_card_beside_letters_is_one(text: str) -> None:
    assert "4111" not in without_cards(text)
