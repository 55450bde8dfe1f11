"""The service's log: JSON lines on standard error. No line, ours or a library's, quotes the data of a request.

A command that is no service has no log unless somebody asks for one: its screen belongs to its result.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from domain.errors import place
from graph.store.request_scope import current_request

_LEVELS = {"exception": "error", "warn": "warning"}


def configure_logs() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(Libraries())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    structlog.configure(
        processors=[_rendered],  # a single processor: five of them cost as much as writing the line
        # One write per line: two writes, as print makes them, cost more than the request where a pipe reads them.
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )


@contextmanager
def silent_logs() -> Generator[None]:
    """Nothing is logged meanwhile, by us or a library."""
    ours, libraries = structlog.get_config(), logging.root.manager.disable
    logging.disable(logging.ERROR)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**ours)
        logging.disable(libraries)


class Libraries(logging.Formatter):
    """Log lines of libraries in the same form. An error is logged by type and place only: its text, and the lines after
    the first line of a message, may hold a document or a parameter."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {"event": record.getMessage().strip().partition("\n")[0], "logger": record.name}
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            event |= {"type": type(error).__name__, "place": place(error)}
        return _line(record.levelname.lower(), event).decode()


def _rendered(_logger: object, method: str, event: structlog.typing.EventDict) -> bytes:
    return _line(_LEVELS.get(method, method), event)


def _line(level: str, event: Any) -> bytes:
    """One JSON object: the event with its request, level and time."""
    request = current_request()
    if request is not None:
        event["request_id"] = request
    event["level"] = level
    event["timestamp"] = datetime.now(UTC)
    return orjson.dumps(event, default=repr, option=orjson.OPT_UTC_Z)
