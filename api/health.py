"""`/health/live` and `/health/ready`: does the process live, and can it serve. They tell no more and need no key."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from graph.database import Database

_ANSWER_WITHIN_S = 3.0


def routes(database: Database) -> list[Route]:
    async def live(request: Request) -> Response:
        return PlainTextResponse("live")

    async def ready(request: Request) -> Response:
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await database.ready()
        except Exception:  # whatever it is, this process cannot serve now, and a probe needs no reason
            return PlainTextResponse("the graph store does not answer", 503, {"Retry-After": "1"})
        return PlainTextResponse("ready")

    return [Route("/health/live", live), Route("/health/ready", ready)]
