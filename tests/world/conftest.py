"""A small world made once for the whole run."""

from __future__ import annotations

import pytest

from tests.world.world_in_memory import Made, make
from world import WorldConfig


@pytest.fixture(scope="session")
def made() -> Made:
    """A world with the default rates but for offices, which 1,200 people might not have one of."""
    return make(WorldConfig(people=1_200, stores=24, offices=0.5))
