"""Values of Segment.com messages in the form of the native contract, and what is none of them left for it to refuse."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.segment_com.clean_values import amount, clean_text, identifier, slug, without_empty
from domain.money import to_minor


@given(st.text() | st.integers() | st.none() | st.dictionaries(st.text(), st.integers()))
def test_text_is_short_and_of_one_line(value: Any) -> None:
    text = clean_text(value)
    assert len(text) <= 200
    assert text == text.strip()
    assert not any(ord(char) < 32 or ord(char) == 127 for char in text)
    assert clean_text(text) == text


@pytest.mark.parametrize(
    ("value", "wanted"), [("  a\tb\n", "a b"), (None, ""), (12, "12"), ({"a": 1}, '{"a":1}'), (object(), "")]
)
def test_text(value: Any, wanted: str) -> None:
    assert clean_text(value) == wanted


@pytest.mark.parametrize(
    ("value", "wanted"), [(" u-1 ", "u-1"), (12, "12"), ("", None), (None, None), (True, None), ([1], None)]
)
def test_ids(value: Any, wanted: str | None) -> None:
    assert identifier(value) == wanted


@given(st.text())
def test_a_slug_has_the_letters_of_one(value: str) -> None:
    assert set(slug(value)) <= set("abcdefghijklmnopqrstuvwxyz0123456789_.-")
    assert len(slug(value)) <= 64


@pytest.mark.parametrize(
    ("value", "wanted"), [("favoriteColor", "favorite_color"), ("Dine In!", "dine_in"), ("--", ""), ("a.b-c", "a.b-c")]
)
def test_slugs(value: str, wanted: str) -> None:
    assert slug(value) == wanted


@given(st.integers(-(10**9), 10**9), st.sampled_from(["USD", "JPY", "KWD"]))
def test_a_number_of_json_comes_out_to_the_minor_unit(minor: int, currency: str) -> None:
    scale = {"USD": 100, "JPY": 1, "KWD": 1000}[currency]
    assert to_minor(Decimal(amount(minor / scale, currency)), currency) == minor


@pytest.mark.parametrize("value", ["12.30", None, True, [1]])
def test_what_is_no_number_is_left_for_the_contract(value: Any) -> None:
    assert amount(value, "USD") is value


def test_sums_of_binary_fractions_are_rounded() -> None:
    assert amount(0.1 + 0.2, "USD") == "0.30"
    assert amount(float("inf"), "USD") == "inf"


def test_what_holds_nothing_is_left_out() -> None:
    assert without_empty({"a": 0, "b": "", "c": None, "d": [], "e": {}, "": 1, "f": False}) == {"a": 0, "f": False}
