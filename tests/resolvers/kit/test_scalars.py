"""Times, days and amounts travel as the text that the store holds; money has its currency's own decimals."""

from __future__ import annotations

import pytest

from resolvers.kit.scalars import SCALARS, Money


def test_text_travels_as_it_is() -> None:
    text = "2026-03-01T19:30:00+01:00"
    for scalar in SCALARS.values():
        assert scalar.serialize is not None
        assert scalar.serialize(text) is text
    assert {scalar.name for scalar in SCALARS.values()} == {"DateTime", "Date", "Decimal", "JSON"}


@pytest.mark.parametrize(
    ("minor", "currency", "wanted"),
    [(1230, "USD", "12.30"), (-5, "USD", "-0.05"), (12, "JPY", "12"), (1, "KWD", "0.001")],
)
def test_money_has_the_decimals_of_its_currency(minor: int, currency: str, wanted: str) -> None:
    money = Money.of(minor, currency)
    assert (money.amount, money.currency) == (wanted, currency)
