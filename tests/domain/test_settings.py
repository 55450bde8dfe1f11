"""Settings that are not right are named, and what they hold is not: it may be a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import SetupError
from domain.settings import private_folder, settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGULARS_PORT", "hunter2"),
        ("REGULARS_ENVIRONMENT", "hunter2"),
        ("REGULARS_ORIGINS", "hunter2"),
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
    assert value not in f"{caught.value.message} {caught.value.hint} {caught.value.__cause__!r}"


@pytest.mark.parametrize("made", [None, 0o755, 0o777, 0o700])
def test_a_private_folder_is_closed_to_others(tmp_path: Path, made: int | None) -> None:
    path = tmp_path / "above" / "state"
    if made is not None:
        path.mkdir(parents=True)
        path.chmod(made)
    assert private_folder(path) == path
    assert path.stat().st_mode & 0o777 == 0o700
    if made is None:
        assert path.parent.stat().st_mode & 0o777 == 0o700
