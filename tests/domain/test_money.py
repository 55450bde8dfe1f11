"""Money is whole minor units of its own currency, and nothing is rounded."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import exponent, from_minor, to_minor


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.30", "USD", 1230),
        ("12.3", "EUR", 1230),
        ("1230", "JPY", 1230),
        ("1.230", "KWD", 1230),
        ("7.0000", "JPY", 7),
    ],
)
def test_minor_units(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize(("amount", "currency"), [("0.001", "USD"), ("0.5", "JPY"), ("0.0001", "KWD")])
def test_what_is_finer_than_the_currency_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=f"finer than {currency}"):
        to_minor(Decimal(amount), currency)


@given(st.integers(0, 10**15), st.sampled_from(("USD", "JPY", "KWD")))
def test_there_and_back(minor: int, currency: str) -> None:
    amount = from_minor(minor, currency)
    assert to_minor(amount, currency) == minor
    assert amount.as_tuple().exponent == -exponent(currency)
