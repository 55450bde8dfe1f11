"""`POST /v1/loyalty/toast`: the loyalty integration of Toast, which other tills can use as well.

One address for all verbs. The answers are those of the protocol: 200 with ACCEPT, 404 where there is no such account,
and 400 with the name of what is wrong. Faults of the service are 5xx. Whatever a till sends again changes nothing.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.authenticate import Authenticate
from api.errors import error_headers, json_response, public_error
from api.loyalty.till import Till, brand_of
from api.loyalty.till_accounts import search
from api.loyalty.till_accruals import accrue, reverse_accrual
from api.loyalty.till_inquiry import inquire
from api.loyalty.till_redemptions import redeem, reverse_redemption
from api.loyalty.till_signups import sign_up
from api.loyalty.till_transfers import transfer
from api.request_body import read_body
from api.shared_state import SharedState
from connectors.toast.till_answer import accepted, found, refused
from connectors.toast.till_request import (
    TillHeaders,
    TillVerb,
    check_information,
    reverse_information,
    search_criteria,
    signup_information,
    transfer_information,
)
from connectors.toast.till_status import TillRefused, TillStatus, status_of, wrong_input
from domain.errors import TimedOut
from domain.log import logger
from domain.settings import Settings
from graph.store import request_scope
from identity.parts import IdentityParts
from ingest.delivery import EventSink
from ingest.split import check_values, load_json
from privacy.audit_log import AuditLog
from resolvers.access.audit_trail import AuditTrail
from resolvers.access.caller import EVENT_WRITE, LOYALTY_REDEEM, Caller
from resolvers.bounds.budget import Budget
from resolvers.bounds.lookups import Lookups
from resolvers.context import Context

MAX_TILL_BODY = 1024 * 1024
"""Size of a request of a till."""
_COST = 20
_log = logger("regulars.till")


def routes(
    sink: EventSink,
    settings: Settings,
    authenticate: Authenticate,
    parts: IdentityParts,
    shared: SharedState,
    audit: AuditLog,
) -> list[Route]:
    """The one address of the till protocol."""
    lookups = Lookups(audit, shared.misses)

    def context_of(caller: Caller) -> Context:
        id_ = request_scope.current_request() or secrets.token_hex(8)
        return Context(
            parts,
            settings,
            caller,
            id_,
            meter=Budget(caller.name, shared.bucket),
            trail=AuditTrail(audit, id_),
            sink=sink,
            lookups=lookups,
        )

    async def answer(request: Request) -> Response:
        started, seen = time.perf_counter(), {"verb": "-", "caller": "-"}
        try:
            status, content, more = 200, await _in_time(request, seen), {}
        except Exception as error:
            status, content, more = _refusal(error)
        took = round(1000 * (time.perf_counter() - started), 1)
        _log.info("till", **seen, status=content["transactionStatus"], ms=took)
        return json_response(status, content, more)

    async def _in_time(request: Request, seen: dict[str, str]) -> dict[str, Any]:
        """The answer's content. `seen` gets what the log says of the request."""
        most = settings.till_timeout_s
        try:
            async with asyncio.timeout(most):
                with request_scope.within(most):
                    caller = await authenticate(_with_bearer(request))
                    seen["caller"] = caller.name
                    headers = TillHeaders.of(request.headers)
                    seen["verb"] = headers.verb.value
                    body = _json(await read_body(request, MAX_TILL_BODY, settings.body_timeout_s))
                    context = context_of(caller)
                    await context.meter.charge(_COST)
                    brand = await brand_of(headers.restaurant, context.caller, context.places)
                    till = Till(context, headers, headers.restaurant, brand, sink)
                    content = await _answered(till, body)
                    await context.trail.reads(context.caller)
                    return content
        except TimeoutError:
            raise TimedOut(f"This took longer than {most:g} seconds.", hint="Send it again.") from None

    return [Route("/v1/loyalty/toast", answer, methods=["POST"])]


async def _answered(till: Till, body: Any) -> dict[str, Any]:
    till.context.trail.fields.add(f"till.{till.headers.verb.name.lower()}")
    match till.headers.verb:
        case TillVerb.SEARCH:
            return found(await search(till.context, search_criteria(body)))
        case TillVerb.INQUIRE:
            return await inquire(till, check_information(body, TillVerb.INQUIRE))
        case TillVerb.REDEEM:
            return await redeem(till, check_information(body, TillVerb.REDEEM))
        case TillVerb.ACCRUE:
            return await accrue(till, check_information(body, TillVerb.ACCRUE))
        case TillVerb.REVERSE:
            return await _reverse(till, body)
        case TillVerb.TRANSFER:
            return await transfer(till, transfer_information(body))
        case TillVerb.SIGNUP:
            return await sign_up(till, signup_information(body))


async def _reverse(till: Till, body: Any) -> dict[str, Any]:
    asked, caller = reverse_information(body), till.context.caller
    if not caller.allows(LOYALTY_REDEEM):
        caller.require(EVENT_WRITE)
    if not (await reverse_accrual(till, asked) or await reverse_redemption(till, asked)):
        raise TillRefused(TillStatus.NO_TRANSACTION, "There is no such transaction of this account.")
    return accepted()


def _with_bearer(request: Request) -> Request:
    """Toast sends its token without the word before it."""
    token = request.headers.get("authorization", "").strip()
    if not token or " " in token:
        return request
    headers = [pair for pair in request.scope["headers"] if pair[0] != b"authorization"]
    request.scope["headers"] = [*headers, (b"authorization", b"Bearer " + token.encode("latin-1"))]
    return Request(request.scope, request.receive)


def _json(data: bytes) -> Any:
    check_values(data)
    try:
        return load_json(data)
    except ValueError:
        raise wrong_input("The body is not JSON.") from None


def _refusal(error: Exception) -> tuple[int, dict[str, Any], dict[str, str]]:
    if isinstance(error, TillRefused):
        return error.http_status, refused(error.status, error.message), {}
    shown = public_error(error)
    status, word = status_of(shown)
    return status, refused(word, shown.message), error_headers(shown)
