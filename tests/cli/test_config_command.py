"""`regulars config` prints every setting, and of a secret only that there is one."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from cli.config import shown
from cli.main import app
from domain.settings import Settings, settings

SECRET = "aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMjIyMjI="
IS_SECRET = [name for name, field in Settings.model_fields.items() if SecretStr in get_args(field.annotation)]


@pytest.fixture(autouse=True)
def fresh() -> None:
    settings.cache_clear()


def printed(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    monkeypatch.setenv("COLUMNS", "100")
    for name, value in values.items():
        monkeypatch.setenv(f"REGULARS_{name.upper()}", value)
    result = CliRunner().invoke(app, ["config"])
    settings.cache_clear()
    assert result.exit_code == 0, result.output
    return result.output


def test_what_is_named_like_a_secret_is_one() -> None:
    named = [name for name in Settings.model_fields if re.search(r"(_key|password|secret|token)$", name)]
    assert sorted(named) == sorted(IS_SECRET)


def test_every_setting_is_printed_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = {"redis_url": f"rediss://app:{SECRET}@redis.example:6380/2", "neo4j_uri": "neo4j+s://store.example"}
    output = printed(monkeypatch, **dict.fromkeys(IS_SECRET, SECRET), **addresses)
    assert [name for name in Settings.model_fields if f"REGULARS_{name.upper()}" not in output] == []
    assert not any(part in output.replace("\n", "") for part in (SECRET, SECRET[:8], SECRET[-8:]))
    assert "neo4j+s://store.example" in output
    assert output.count("**********") >= len(IS_SECRET)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("redis://:hunter2@redis:6379/0", "redis://:**********@redis:6379/0"),
        ("redis://app:hunter2@[::1]:6379", "redis://app:**********@[::1]:6379"),
        ("redis://redis:6379/0?password=hunter2&db=1", "redis://redis:6379/0?password=**********&db=1"),
        ("redis://redis:6379/0", "redis://redis:6379/0"),
        ("redis://app:hunter2@[nonsense", "**********"),
    ],
)
def test_of_an_address_the_place_is_shown(address: str, expected: str) -> None:
    assert shown(address) == expected


def test_what_is_not_set_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.search(r"REGULARS_REDIS_URL +│ unset", printed(monkeypatch))
