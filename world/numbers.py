"""Numbers shared out by index: no two people get the same one by chance, without remembering any."""

from __future__ import annotations

from world.cities import City

# Primes larger than every modulus below, so that multiplying by one permutes the residues; one for each use, so that
# a person's phone number tells nothing of the e-mail address.
_STEPS = {"phone": 2_654_435_761, "email": 2_246_822_519, "card": 3_266_489_917, "account": 4_294_967_291}

# 222 and 999 are kept for what tills type when a guest declines; N11 and 555 are nobody's.
_EXCHANGES = [n for n in range(200, 1000) if n % 100 != 11 and n not in (222, 555, 999)]
_PER_AREA = len(_EXCHANGES) * 10_000


def scramble(use: str, slot: int, modulus: int, seed: int) -> int:
    """A number below `modulus` that no other slot below `modulus` gets for the same use."""
    return (slot * _STEPS[use] + seed * 7_919) % modulus


def phone(city: City, slot: int, seed: int) -> str:
    """Ten digits that are valid in the city; distinct for distinct slots below 23 million."""
    area, rest = divmod(scramble("phone", slot, _PER_AREA * len(city.areas), seed), _PER_AREA)
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
    body = f"70{scramble('card', slot, 10**9, seed):09d}"
    total = 0
    for place, char in enumerate(reversed(body)):
        digit = int(char) * (2 if place % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return f"{body}{-total % 10}"
