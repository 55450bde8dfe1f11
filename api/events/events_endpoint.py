"""`POST /v1/events`: native events in, one answer that says what became of each.

A sender may repeat any request that was not answered with 200: nothing is taken twice, and what was taken or
quarantined is durable before the answer. A refused event never costs its neighbours.
"""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.authenticate import Authenticate
from api.body import read_body
from api.events.sender_limits import entitled, noted
from domain.errors import (
    HTTP_STATUS,
    MethodNotAllowed,
    NotAuthenticated,
    Overloaded,
    RegularsError,
    TimedOut,
    TooSlow,
    Unavailable,
    place,
)
from domain.settings import Settings
from ingest.delivery import EventSink, Receipt, RefusalStore, deliver
from ingest.parse import parse
from ingest.split import split
from matching.policy import Policies
from privacy.audit_log import AuditLog

_log = structlog.get_logger(__name__)
_SERVER_FAULT = 500


def routes(
    sink: EventSink,
    quarantine: RefusalStore,
    settings: Settings,
    authenticate: Authenticate,
    policies: Policies,
    audit: AuditLog | None = None,
) -> list[Route]:
    """The intake of native events, each taken from a caller who may send it."""

    async def take(request: Request) -> Response:
        try:
            caller = await authenticate(request)
            read = entitled(caller, parse, policies)
            body = await read_body(request, settings.intake_max_body, settings.body_timeout_s)
            raws = split(body, most=settings.intake_max_events)
            taking = deliver(raws, read, sink, quarantine)
            return json_response(200, _answer(await noted(audit, caller, "events", len(raws), taking)))
        except Exception as error:
            return error_response(error)

    return [Route("/v1/events", take, methods=["POST"])]


def json_response(status: int, content: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type="application/json")


def error_response(error: Exception, **fields: Any) -> Response:
    """The one envelope of errors; what is no error of ours to show, or our own fault, is a 503 that says nothing.

    Senders throw events away on most 4xx and on some 5xx, and all of them send again on 503.
    """
    known = public_error(error)
    envelope = {"error": {"code": known.code, "message": known.message, "hint": known.hint}}
    return json_response(HTTP_STATUS[known.code], {**envelope, **fields}, error_headers(known))


def error_headers(error: RegularsError) -> dict[str, str]:
    """What tells a client by header what to do next."""
    match error:
        case Overloaded():
            return {"Retry-After": str(error.retry_after)}
        case Unavailable():
            return {"Retry-After": "1"}
        case NotAuthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case TooSlow():
            return {"Connection": "close"}  # else what still drips in would be read as long as it pleases
        case MethodNotAllowed():
            return {"Allow": ", ".join(error.allow)}
        case _:
            return {}


def public_error(error: Exception) -> RegularsError:
    """The error to show: itself where the sender can mend it, else Unavailable, and its kind and place in the log."""
    if isinstance(error, RegularsError) and HTTP_STATUS[error.code] < _SERVER_FAULT:
        return error
    if isinstance(error, Unavailable | TimedOut):
        return error
    _log.error("intake.fault", type=type(error).__name__, place=place(error))
    return Unavailable("The service cannot take events now.", hint="Send the request again.")


def _answer(receipt: Receipt) -> dict[str, Any]:
    return {
        "accepted": receipt.accepted,
        "duplicates": receipt.duplicates,
        "refused": [
            {
                "index": refused.index,
                **({"messageId": refused.message_id} if refused.message_id else {}),
                "pointer": refused.error.pointer,
                "message": refused.error.message,
                "hint": refused.error.hint,
                "quarantineId": refused.quarantine_id,
            }
            for refused in receipt.refused
        ],
        "warnings": [{"index": index, "message": text} for index, text in receipt.warnings],
    }
