from __future__ import annotations

import pytest

from domain.countries import iso_country


@pytest.mark.parametrize(("code", "iso"), [("UK", "GB"), ("EL", "GR"), ("GB", "GB"), ("US", "US")])
def test_a_country_by_the_name_that_people_give_it(code: str, iso: str) -> None:
    assert iso_country(code) == iso
