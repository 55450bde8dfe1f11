"""An amount of money as rules write it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, PlainSerializer

from domain.money import as_text, known_currency, to_minor

MAX_MINOR = 10**14
"""Minor units that a reward is worth, and that a budget has."""
_MAX_DIGITS = 15


class Amount(NamedTuple):
    """An amount in whole minor units of a currency; a text such as "3.50 USD" in the file."""

    minor: int
    currency: str

    @classmethod
    def of(cls, text: object) -> Amount:
        """Raises ValueError."""
        if isinstance(text, Amount):
            return text
        amount, _, currency = str(text).strip().partition(" ")
        try:
            exact = Decimal(amount)
            if not exact.is_finite() or exact.adjusted() > _MAX_DIGITS:
                raise ValueError("is above zero, and no fortune")
            minor = to_minor(exact, known_currency(currency))
        except InvalidOperation:
            raise ValueError("is an amount and a currency, such as 3.50 USD") from None
        if not 0 < minor <= MAX_MINOR:
            raise ValueError("is above zero, and no fortune")
        return cls(minor, currency)

    def __str__(self) -> str:
        return f"{as_text(self.minor, self.currency)} {self.currency}"


WrittenAmount = Annotated[Amount, BeforeValidator(Amount.of), PlainSerializer(str)]
