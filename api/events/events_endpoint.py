"""`POST /v1/events`: accepts native events and answers with the outcome of each.

A sender may repeat any request that was not answered with 200: no event is stored twice, and accepted and quarantined
events are durable before the answer. A refused event does not affect the others.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.authenticate import Authenticate
from api.errors import error_response, json_response
from api.events.page_events import check_public
from api.events.sender_limits import limited_reader, rights_of
from api.events.sender_trail import SenderTrail
from api.origins import check_page, cross_origin
from api.request_body import read_body
from api.shared_state import page_bucket
from domain.errors import MethodNotAllowed
from domain.settings import Settings
from identity.claims import ClaimsReader
from ingest.delivery import EventSink, Receipt, RefusalStore, deliver
from ingest.parse import parse
from ingest.split import split
from matching.policy import Policies
from privacy.audit_log import AuditLog
from resolvers.bounds.budget import Bucket


def routes(
    sink: EventSink,
    quarantine: RefusalStore,
    settings: Settings,
    authenticate: Authenticate,
    policies: Policies,
    audit: AuditLog | None = None,
    reader: ClaimsReader | None = None,
    pages: Bucket | None = None,
) -> list[Route]:
    """The intake of native events. Each caller may send only the events that its limits allow. `pages`: what public
    keys may send."""
    pages = pages or page_bucket(settings)

    async def take(request: Request) -> Response:
        try:
            if request.method != "POST":
                raise MethodNotAllowed("This address answers POST.", allow=("POST",))
            caller = await authenticate(request)
            check_page(caller, request.headers.get("origin"), settings)
            trail = SenderTrail(caller, "events", audit, reader)
            read = limited_reader(caller, partial(parse, brands=settings.source_brands), policies, trail.saw)
            body = await read_body(request, settings.intake_max_body, settings.body_timeout_s)
            raws = split(body, most=settings.intake_max_events)
            await check_public(caller, request.headers.get("origin"), len(raws), settings, pages)
            taking = deliver(raws, read, sink, quarantine, rights=rights_of(caller))
            return json_response(200, _answer(await trail.receipt(len(raws), taking)))
        except Exception as error:
            return error_response(error)

    return [Route("/v1/events", take, methods=["OPTIONS", "POST"], middleware=[cross_origin(settings, ("POST",))])]


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
