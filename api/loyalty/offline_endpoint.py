"""`/v1/loyalty/offline`: snapshots for tills that may lose their connection, and what they did without it."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.authenticate import Authenticate
from api.errors import error_response, json_response
from api.loyalty import offline_tills
from api.loyalty.toast_endpoint import MAX_TILL_BODY
from api.request_body import read_body
from api.shared_state import SharedState
from domain.errors import InvalidInput
from domain.settings import Settings
from graph.store import request_scope
from identity.parts import IdentityParts
from ingest.split import check_values, load_json
from loyalty.offline.offline_snapshot import public_keys
from privacy.audit_log import AuditLog
from resolvers.access.audit_trail import AuditTrail
from resolvers.bounds.budget import Budget
from resolvers.bounds.lookups import Lookups
from resolvers.context import Context


def routes(
    settings: Settings, authenticate: Authenticate, parts: IdentityParts, shared: SharedState, audit: AuditLog
) -> list[Route]:
    """Two addresses for tills, and one with the public key, which needs no key of a caller."""
    lookups = Lookups(audit, shared.misses)

    def answers(work: Callable[[Context, Any], Awaitable[dict[str, Any]]]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                caller = await authenticate(request)
                body = _json(await read_body(request, MAX_TILL_BODY, settings.body_timeout_s))
                id_ = request_scope.current_request() or secrets.token_hex(8)
                meter, trail = Budget(caller.name, shared.bucket), AuditTrail(audit, id_)
                context = Context(parts, settings, caller, id_, meter=meter, trail=trail, lookups=lookups)
                return json_response(200, await work(context, body))
            except Exception as error:
                return error_response(error)

        return answer

    async def keys(request: Request) -> Response:
        return json_response(200, public_keys(parts.vault.signer))

    return [
        Route("/v1/loyalty/offline/snapshot", answers(offline_tills.snapshot), methods=["POST"]),
        Route("/v1/loyalty/offline/redemptions", answers(offline_tills.replay), methods=["POST"]),
        Route("/v1/loyalty/offline/keys", keys, methods=["GET"]),
    ]


def _json(data: bytes) -> Any:
    check_values(data)
    try:
        return load_json(data)
    except ValueError:
        raise InvalidInput("The body is not JSON.") from None
