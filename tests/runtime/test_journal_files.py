"""Entries of a journal come back in order; what a crash cut off counts for nothing; one process writes at a time."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime import journal_files
from runtime.journal_files import JournalFiles, Position

FIRST, SECOND = Position("2026-03-01T10:00:00Z"), Position("2026-03-01T10:00:10Z", "d-7")


@pytest.fixture
def files(tmp_path: Path) -> JournalFiles:
    return JournalFiles(tmp_path)


def test_entries_come_back_in_order(files: JournalFiles) -> None:
    assert (list(files.entries()), files.position()) == ([], None)
    files.append([{"n": 1}, {"n": 2}], FIRST)
    files.append([{"n": 3}], SECOND)
    assert [entry["n"] for entry in files.entries() if "n" in entry] == [1, 2, 3]
    assert files.position() == SECOND


@given(st.data())
def test_a_file_that_a_crash_cut_off_goes_on_after_its_last_whole_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files = JournalFiles(tmp_path_factory.mktemp("journal"))
    files.append([{"n": n} for n in range(5)], FIRST)
    [file] = files.folder.glob("*.ndjson")
    whole = file.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    os.truncate(file, cut)
    # A line whose end alone was cut off is whole.
    complete = set(whole.split(b"\n")) - {b""}
    lines = sum(line in complete for line in whole[:cut].split(b"\n"))
    assert len(list(files.entries())) == lines
    files.append([{"n": 99}], SECOND)
    assert [entry["n"] for entry in files.entries() if "n" in entry][-1] == 99
    assert len(list(files.entries())) == lines + 2


def test_a_full_file_is_followed_by_the_next(files: JournalFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_files, "MAX_FILE", 20)
    for n in range(12):
        files.append([{"n": n}], FIRST)
    assert len(list(files.folder.glob("*.ndjson"))) > 10
    assert [entry["n"] for entry in files.entries() if "n" in entry] == list(range(12))


def test_old_files_go_but_never_the_newest(files: JournalFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_files, "MAX_FILE", 1)
    for n in range(3):
        files.append([{"n": n}])
    files.forget(datetime.now(UTC) - timedelta(days=1))
    assert len(list(files.entries())) == 3
    files.forget(datetime.now(UTC) + timedelta(days=1))
    assert [entry["n"] for entry in files.entries()] == [2]


def test_one_writes_at_a_time(files: JournalFiles) -> None:
    with files.lock() as mine, JournalFiles(files.folder).lock() as theirs:
        assert (mine, theirs) == (True, False)
    with JournalFiles(files.folder).lock() as later:
        assert later


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    files = JournalFiles(tmp_path / "journal")
    with files.lock():
        files.append([{"n": 1}])
    assert {file.stat().st_mode & 0o077 for file in (files.folder, *files.folder.iterdir())} == {0}


def test_refusals_of_two_processes_stand_beside_what_a_crash_cut_off(files: JournalFiles) -> None:
    day, next_day = date(2026, 3, 1), date(2026, 3, 2)
    files.append_refusals([{"n": 1}], day)
    [file] = (files.folder / "consent-refusals").iterdir()
    with file.open("ab") as cut:
        cut.write(b'{"n": 2, "ev')
    JournalFiles(files.folder).append_refusals([{"n": 3}, {"n": 4}], day)
    files.append_refusals([{"n": 5}], next_day)
    assert [entry["n"] for entry in files.refusals()] == [1, 3, 4, 5]
    assert list(files.entries()) == []
    assert {path.stat().st_mode & 0o777 for path in file.parent.iterdir()} == {0o600}
    files.forget(datetime.now(UTC) + timedelta(days=1))
    assert list(files.refusals()) == []
