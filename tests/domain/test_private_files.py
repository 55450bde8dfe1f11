"""A key is made once whoever makes it, and lines are added behind whatever a crash left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.private_files import append, made_once


def test_of_many_makers_one_wins_and_all_read_its_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "a.key"
    with ThreadPoolExecutor(8) as pool:
        contents = set(pool.map(lambda number: made_once(path, lambda: b"%d" % number), range(40)))
    assert contents == {path.read_bytes()}
    assert [file.name for file in path.parent.iterdir()] == ["a.key"]
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


@given(st.data())
def test_lines_behind_a_cut_one_are_whole(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("lines") / "lines"
    append(path, [b"one", b"two"])
    path.write_bytes(path.read_bytes()[: data.draw(st.integers(0, path.stat().st_size))])
    append(path, [b"three", b"four"])
    assert path.read_bytes().split(b"\n")[-3:] == [b"three", b"four", b""]


def test_two_processes_do_not_mix_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: append(path, [b"%d" % number * 500] * 3), range(60)))
    lines = [line for line in path.read_bytes().split(b"\n") if line]
    assert len(lines) == 180
    assert lines[::3] == lines[1::3] == lines[2::3]
