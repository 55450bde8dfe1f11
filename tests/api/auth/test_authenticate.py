"""The service key: the operator's, or one made once with nobody else able to read it."""

from __future__ import annotations

from pathlib import Path

from api.auth.authenticate import ensure_api_key
from domain.settings import Settings


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "state")  # pyright: ignore[reportCallIssue]
    key = ensure_api_key(settings)
    assert len(key) > 40
    assert ensure_api_key(settings) == key
    [file] = (tmp_path / "state").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("api.key", 0o600)


def test_the_operators_key_comes_first(tmp_path: Path) -> None:
    settings = Settings.model_validate({"state_dir": tmp_path, "api_key": "chosen"})
    assert ensure_api_key(settings) == "chosen"
    assert list(tmp_path.iterdir()) == []
