"""Settings that are not right are named, and what they hold is not: it may be a secret.

Tests domain.setting_words too.
"""

from __future__ import annotations

import pytest

from domain.errors import SetupError
from domain.settings import settings, unknown_variables


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGULARS_PORT", "hunter2"),
        ("REGULARS_ENVIRONMENT", "hunter2"),
        ("REGULARS_ORIGINS", "hunter2"),
        ("REGULARS_CARD_PREFIX", "hunter2"),
        ("REGULARS_NEO4J_POOL_SIZE", "123456789"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        with pytest.raises(SetupError) as caught:
            settings()
    finally:
        settings.cache_clear()
    assert name in caught.value.message
    assert f"{name} takes: " in (caught.value.hint or "")
    assert value not in f"{caught.value.message} {caught.value.hint} {caught.value.__cause__!r}"


@pytest.mark.parametrize(
    ("name", "takes"),
    [
        ("REGULARS_PORT", "whole number from 0 to 65,535"),
        ("REGULARS_ENVIRONMENT", "`development` or `production`"),
        ("REGULARS_SLOW_MS", "number over 0"),
        ("REGULARS_ORIGINS", "JSON"),
        ("REGULARS_GRAPHQL_DOCUMENTS_ONLY", "`True` or `False`"),
    ],
)
def test_a_wrong_setting_says_what_it_takes(monkeypatch: pytest.MonkeyPatch, name: str, takes: str) -> None:
    monkeypatch.setenv(name, "abc")
    settings.cache_clear()
    with pytest.raises(SetupError) as caught:
        settings()
    assert f"{name} takes: {takes}." in (caught.value.hint or "")


def test_a_variable_that_is_no_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert unknown_variables() == {}
    for name in ("REGULARS_PROT", "REGULARS_NEO4J_PASWORD", "REGULARS_ZEBRA"):
        monkeypatch.setenv(name, "x")
    assert unknown_variables() == {
        "REGULARS_NEO4J_PASWORD": "REGULARS_NEO4J_PASSWORD",
        "REGULARS_PROT": "REGULARS_PORT",
        "REGULARS_ZEBRA": None,
    }
