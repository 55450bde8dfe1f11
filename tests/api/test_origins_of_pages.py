"""CORS by brand: a page of one brand cannot call with what another brand's page, till or app was given."""

from __future__ import annotations

import pytest

from api.origins import check_page
from domain.errors import NotAllowed
from domain.settings import Settings
from resolvers.access.caller import Caller

SETTINGS = Settings.model_validate(
    {"origins": {"forno": ["https://forno.test", "https://both.test"], "noodle": ["https://both.test"]}}
)
FORNO, NOODLE, GROUP = (
    Caller("key", frozenset(), brands=None if brand is None else frozenset([brand]))
    for brand in ("forno", "noodle", None)
)


@pytest.mark.parametrize(
    ("caller", "origin"),
    [
        (FORNO, "https://forno.test"),
        (FORNO, "https://both.test"),
        (NOODLE, "https://both.test"),
        (GROUP, "https://forno.test"),
        (NOODLE, None),
        (NOODLE, "https://elsewhere.test"),  # the browser itself keeps the answer from it
    ],
)
def test_a_page_calls_for_its_own_brand(caller: Caller, origin: str | None) -> None:
    check_page(caller, origin, SETTINGS)


def test_a_page_does_not_call_for_another_brand() -> None:
    with pytest.raises(NotAllowed):
        check_page(NOODLE, "https://forno.test", SETTINGS)
