"""Enums of the domain are in the schema with a description for each value, or stop the start."""

from __future__ import annotations

from enum import StrEnum

import pytest
import strawberry

from resolvers.kit.enums import described


class Meal(StrEnum):
    LUNCH = "lunch"
    DINNER = "dinner"


def test_every_value_is_described_and_stays_the_domains_own() -> None:
    described(Meal, "When one eats.", called="MealTime", LUNCH="At noon.", DINNER="At night.")

    @strawberry.type
    class Query:
        @strawberry.field
        def meal(self) -> Meal:
            return Meal.LUNCH

    schema = strawberry.Schema(Query)
    assert 'enum MealTime {\n  """At noon."""\n  LUNCH' in schema.as_str()
    assert schema.execute_sync("{ meal }").data == {"meal": "LUNCH"}
    assert Meal.LUNCH == "lunch"


def test_a_value_without_a_description_is_refused() -> None:
    with pytest.raises(KeyError, match="DINNER"):
        described(Meal, "When one eats.", LUNCH="At noon.")
