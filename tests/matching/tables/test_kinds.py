"""Kinds of columns: each that tells people apart, or is made for one person, is one that pairs are compared by."""

from __future__ import annotations

import pytest

from matching.tables.kinds import CONTACTS, FAMILIES, NAMES, PERSONAL, Kind
from matching.tables.levels import size


@pytest.mark.parametrize("kind", sorted({*FAMILIES, *NAMES, *PERSONAL, *CONTACTS}))
def test_it_has_levels_of_agreement(kind: Kind) -> None:
    assert size(kind) >= 2


def test_what_tells_of_a_family_is_personal() -> None:
    assert set(FAMILIES) <= set(PERSONAL)
    assert Kind.FAMILY not in PERSONAL
