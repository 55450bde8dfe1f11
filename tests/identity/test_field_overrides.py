"""An override is sealed with its decision, and the newest one that is not released stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from domain.errors import SetupError
from identity.field_overrides import FieldOverride, clock, opened_value, standing
from tests.kit.building import VAULT

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)


def override(value: object, field: str = "given_name") -> FieldOverride:
    return FieldOverride(field, value, "eva", clock(AT), "passport seen")


@pytest.mark.parametrize("value", ["Ann", {"line1": "Main St"}, None])
def test_what_is_sealed_is_opened_again(value: object) -> None:
    said = override(value)
    sealed = said.sealed("d1", VAULT)
    assert sealed["field"] == "given_name"
    assert opened_value("d1", sealed["value"], VAULT) == value
    row = ["given_name", sealed["value"], "eva", "2026-05-01T14:00:00+02:00", VAULT.seal("d1", "passport seen")]
    assert FieldOverride.opened("d1", row, VAULT) == said


def test_a_value_does_not_stand_in_for_a_reason_nor_for_another_decision() -> None:
    sealed = override("Ann").sealed("d1", VAULT)["value"]
    for wrong in (lambda: opened_value("d2", sealed, VAULT), lambda: VAULT.open("d1", sealed)):
        with pytest.raises(SetupError):
            wrong()


def test_one_moment_has_one_spelling() -> None:
    assert clock(AT) == clock(AT.astimezone(timezone(timedelta(hours=-5)))) == "2026-05-01T12:00:00.000000Z"


def test_the_newest_stands_until_it_is_released_where_it_stands() -> None:
    ann, anna, gone = override("Ann"), override("Anna"), override(None)
    assert standing([("a", {"d1": ann}), ("b", {"d2": anna})]) == {"given_name": ("b", anna)}
    assert standing([("a", {"d1": ann}), ("b", {"d2": anna, "d3": gone})]) == {"given_name": ("a", ann)}
    assert standing([("a", {"d1": ann, "d3": gone}), ("b", {"d2": anna, "d4": gone})]) == {}
    other = override("x", "extra.plan")
    assert standing([("a", {"d1": ann, "d2": other})]) == {"given_name": ("a", ann), "extra.plan": ("a", other)}
