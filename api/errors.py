"""Errors over HTTP: one envelope, headers that say what to do next, and no internal details."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

from domain.errors import (
    HTTP_STATUS,
    MethodNotAllowed,
    NotAuthenticated,
    Overloaded,
    RegularsError,
    StoreFull,
    TimedOut,
    TooSlow,
    Unavailable,
    place,
)
from domain.log import logger

_log = logger(__name__)
_SERVER_FAULT = 500


def json_response(status: int, content: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type="application/json")


def error_response(error: Exception, **fields: Any) -> Response:
    """The error in the one envelope. An error that is not for callers, or a fault of the service, becomes a bare 503.

    Senders discard events on most 4xx and on some 5xx, and all of them send again on 503.
    """
    shown = public_error(error)
    envelope = {"error": {"code": shown.code, "message": shown.message, "hint": shown.hint}}
    return json_response(HTTP_STATUS[shown.code], {**envelope, **fields}, error_headers(shown))


def error_headers(error: RegularsError) -> dict[str, str]:
    """The headers that tell a client what to do next."""
    match error:
        case Overloaded():
            return {"Retry-After": str(error.retry_after)}
        case StoreFull():
            return {"Retry-After": "60"}
        case Unavailable():
            return {"Retry-After": "1"}
        case NotAuthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case TooSlow():
            return {"Connection": "close"}  # otherwise the rest of a slow body would still be read
        case MethodNotAllowed():
            return {"Allow": ", ".join(error.allow)}
        case _:
            return {}


def public_error(error: Exception) -> RegularsError:
    """The error to show: itself where the sender can fix it, else Unavailable, with its type and place in the log."""
    if isinstance(error, RegularsError) and HTTP_STATUS[error.code] < _SERVER_FAULT:
        return error
    if isinstance(error, Unavailable | TimedOut):
        return error
    _log.error("intake.fault", type=type(error).__name__, place=place(error))
    return Unavailable("The service cannot take events now.", hint="Send the request again.")
