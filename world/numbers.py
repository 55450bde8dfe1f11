"""Numbers shared out by index: no two people get the same one by chance, without remembering any."""

from __future__ import annotations

from world.cities import City

_STEP = 2_654_435_761  # a prime larger than every modulus below, so that multiplying by it permutes the residues

# 222 and 999 are kept for what tills type when a guest declines; N11 and 555 are nobody's.
_EXCHANGES = [n for n in range(200, 1000) if n % 100 != 11 and n not in (222, 555, 999)]
_PER_AREA = len(_EXCHANGES) * 10_000


def scramble(slot: int, modulus: int, seed: int = 0) -> int:
    """A number below `modulus` that no other slot below `modulus` gets."""
    return (slot * _STEP + seed * 7_919) % modulus


def phone(city: City, slot: int, seed: int) -> str:
    """Ten digits that are valid in the city; distinct for distinct slots below 23 million."""
    area, rest = divmod(scramble(slot, _PER_AREA * len(city.areas), seed), _PER_AREA)
    exchange, line = divmod(rest, 10_000)
    return f"{city.areas[area]}{_EXCHANGES[exchange]}{line:04d}"


def dummies(area: str, brand: int) -> tuple[str, ...]:
    """What the tills of a brand type instead of a phone number: some fail validation, some look valid."""
    invalid = ("0000000000", "1234567890", "9999999999", "1111111111", "5555555555")
    return (
        invalid[brand % 5],
        invalid[(brand + 1) % 5],
        f"{area}2222222",
        f"{area}9999999",
        f"{area}222{brand % 9 + 1}{brand // 9 % 1000:03d}",
    )


def card(slot: int, seed: int) -> str:
    """A loyalty card number of twelve digits that ends in a Luhn check digit."""
    body = f"70{scramble(slot, 10**9, seed):09d}"
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return f"{body}{-total % 10}"
