"""Answers of `/graphql`: one envelope, `{"data", "errors", "extensions"}`, for every outcome.

A request that cannot be executed answers 400 without `data`, an executed one 200, for clients that accept
`application/graphql-response+json`; others get 200. Checks before GraphQL (key, size, media types, limits) have
statuses of their own for every client.
"""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response
from strawberry.types import ExecutionResult

from api.errors import error_headers, public_error
from api.graphql.content_types import JSON, RESPONSE
from domain.errors import HTTP_STATUS, RegularsError
from resolvers.context import Context
from resolvers.kit.graphql_errors import listed


def answered(
    answer: dict[str, Any], media: str, *, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """The answer of an operation."""
    # The charset is for clients that would guess: both types are UTF-8 by definition.
    content_type = f"{media}; charset=utf-8" if media == RESPONSE else media
    return Response(orjson.dumps(answer), status, {**(headers or {}), "Content-Type": content_type})


def envelope(result: ExecutionResult, context: Context, *, detailed: bool, executed: bool) -> dict[str, Any]:
    """The outcome of an operation: its data, its errors as callers may see them, and its cost."""
    answer: dict[str, Any] = {"data": result.data} if executed else {}
    if result.errors:
        answer["errors"] = listed(result.errors, request_id=context.request_id, detailed=detailed)
    cost = context.meter.shown()
    if cost is not None:
        answer["extensions"] = {"cost": cost}
    return answer


def refused(error: Exception, media: str = JSON, *, status: int | None = None, **extensions: Any) -> Response:
    """The answer where nothing was executed. An internal error becomes a bare 503."""
    public = public_error(error)
    answer: dict[str, Any] = {"errors": [shown(public)]}
    if extensions:
        answer["extensions"] = extensions
    return answered(answer, media, status=status or HTTP_STATUS[public.code], headers=error_headers(public))


def shown(error: RegularsError) -> dict[str, Any]:
    """An error of ours as GraphQL shows it."""
    return {
        "message": error.message,
        "extensions": {"code": error.code} | ({"hint": error.hint} if error.hint else {}),
    }
