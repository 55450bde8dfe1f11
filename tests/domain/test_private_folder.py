"""A folder that cannot be used is a matter of setup, with a next step."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from domain.errors import SetupError
from domain.private_folder import private_folder
from domain.settings import Settings
from graph.local import LocalNeo4j
from privacy.vault import open_vault


def test_it_is_made_for_its_owner_alone_and_may_be_there_already(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    for _ in range(2):
        assert private_folder(folder) == folder
    assert folder.stat().st_mode & 0o777 == 0o700


def file_in_the_way(tmp_path: Path) -> Path:
    (tmp_path / "file").touch()
    return tmp_path / "file"


@pytest.mark.parametrize("below", ["", "state", "state/deeper"])
def test_what_cannot_be_made_is_named_with_the_next_step(tmp_path: Path, below: str) -> None:
    with pytest.raises(SetupError, match="cannot be used") as caught:
        private_folder(file_in_the_way(tmp_path) / below)
    assert "REGULARS_STATE_DIR" in (caught.value.hint or "")


def test_what_cannot_be_written_to_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # a superuser may write everywhere
    with pytest.raises(SetupError, match="may not write"):
        private_folder(tmp_path)


def test_all_that_keep_something_there_say_so(tmp_path: Path) -> None:
    from api.auth.authenticate import ensure_api_key

    settings = Settings.model_validate({"state_dir": file_in_the_way(tmp_path)})
    for use in (open_vault, ensure_api_key, lambda settings: LocalNeo4j(settings).start()):
        with pytest.raises(SetupError, match="cannot be used"):
            use(settings)


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
