"""A line of the log is JSON and quotes nobody, whoever wrote it."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from domain.log import logger
from runtime.logs import Libraries, silent_logs

EMAIL = "jane.roe@example.org"


def line(message: str, error: Exception | None = None, name: str = "uvicorn.error") -> dict[str, Any]:
    told = (type(error), error, error.__traceback__) if error else None
    text = Libraries().format(logging.LogRecord(name, logging.ERROR, __file__, 1, message, None, told))
    assert EMAIL not in text
    return json.loads(text)


def test_an_error_that_escapes_is_told_by_kind_and_place() -> None:
    with pytest.raises(ValueError, match="jane") as raised:
        raise ValueError(EMAIL)
    told = line("Exception in ASGI application\n", raised.value)
    assert (told["event"], told["type"], told["level"]) == ("Exception in ASGI application", "ValueError", "error")
    assert "test_logs.py:" in told["place"]


def test_a_silent_process_logs_nothing_and_speaks_again(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ours = logger("test")
    with silent_logs():
        ours.error("unheard")
        logging.getLogger("test").error("unheard")
    ours.warning("heard")
    logging.getLogger("test").warning("heard")
    written = capfd.readouterr()
    assert written.out == ""
    assert "unheard" not in written.err + caplog.text
    assert "heard" in written.err
    assert "heard" in caplog.text


def test_what_follows_the_first_line_is_left_out() -> None:
    told = line(f"Task exception was never retrieved\nfuture: <Task exception=ValueError({EMAIL!r})>", name="asyncio")
    assert (told["event"], told["logger"]) == ("Task exception was never retrieved", "asyncio")
