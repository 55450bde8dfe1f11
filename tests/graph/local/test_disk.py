"""A full or faulty disk is told by the folder that it holds."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from domain.errors import SetupError, StoreFull
from graph.local.disk import disk_faults, require_reserve, require_space


def test_space_is_looked_at_before_work(tmp_path: Path) -> None:
    require_space(tmp_path, 1)
    with pytest.raises(SetupError, match="is full") as raised:
        require_space(tmp_path, 2**60)
    assert "REGULARS_STATE_DIR" in (raised.value.hint or "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_no_space_left_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=str(tmp_path)), disk_faults(tmp_path):
        Path("/dev/full").write_text("x")


def test_other_faults_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be written"), disk_faults(tmp_path):
        raise PermissionError(errno.EACCES, "no")
    with pytest.raises(FileNotFoundError), disk_faults(tmp_path):
        (tmp_path / "none").read_text()


def test_a_reserve_is_kept_also_before_the_folder_is_there(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "not" / "yet"):
        require_reserve(folder, 1)
        with pytest.raises(StoreFull) as raised:
            require_reserve(folder, 2**60)
        assert str(tmp_path) not in raised.value.message  # callers see it
    assert not (tmp_path / "not").exists()
