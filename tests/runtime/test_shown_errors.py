"""A reason that is ours to explain ends a command with one line and a next step; any other is a fault as ever."""

from __future__ import annotations

import pytest

from domain.errors import SetupError, StoreFull, Unavailable
from runtime.shown_errors import shown_errors


def test_it_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended, shown_errors():
        raise SetupError("No [Neo4j] runs.", hint="Start one.")
    assert ended.value.code == 1
    out, err = capsys.readouterr()
    assert (out, err.splitlines()) == ("", ["SETUP: No [Neo4j] runs.", "Start one."])


def test_a_store_that_is_ill_is_looked_into_by_the_check(capsys: pytest.CaptureFixture[str]) -> None:
    for error, hint in (
        (Unavailable("Away.", hint="Try again."), "regulars check"),
        (StoreFull("Full.", hint="4."), "4."),
    ):
        with pytest.raises(SystemExit), shown_errors():
            raise error
        assert hint in capsys.readouterr().err


def test_a_fault_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError), shown_errors():
        raise ZeroDivisionError
