"""One home has one spelling."""

from __future__ import annotations

import pytest

from matching.address import one_spelling

SAME = [
    {"line1": "12 Elm Street", "line2": "Apt 4", "city": "New York", "postcode": "10001", "country": "US"},
    {"line1": "12 ELM ST., Unit 4", "city": "new york", "postcode": "100 01", "country": "US"},
    {"line1": "12 elm st #4", "postcode": "10001", "country": "US"},
]


def test_one_home_has_one_spelling() -> None:
    assert len({one_spelling(address) for address in SAME}) == 1
    other = [SAME[0] | change for change in ({"line2": "Apt 5"}, {"postcode": "10002"}, {"line1": "14 Elm Street"})]
    assert len({one_spelling(address) for address in (SAME[0], *other)}) == 4
    french = [{"line1": "3 Rue de l'Église", "city": "Lyon"}, {"line1": "3 rue de leglise", "city": "LYON"}]
    assert one_spelling(french[0]) == one_spelling(french[1])


@pytest.mark.parametrize(
    "address",
    [{}, {"city": "Rome"}, {"line1": "Elm Street", "city": "Rome"}, {"line1": "12 Elm Street"}, {"line1": "12"}],
)
def test_what_names_no_home(address: dict[str, str]) -> None:
    assert one_spelling(address) is None
