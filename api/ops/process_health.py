"""`/health/live`, `ready` and `startup`: does the process live, can it serve, has it started. No key is needed."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from domain.errors import StoreFull
from graph.store.database import Database
from graph.store.migrations import pending

_ANSWER_WITHIN_S = 3.0
_SEE = "see docs/runbooks.md"


def routes(database: Database) -> list[Route]:
    started = False

    async def live(request: Request) -> Response:
        return PlainTextResponse("live")

    async def ready(request: Request) -> Response:
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                await database.ready()
        except Exception:  # for any reason, this process cannot serve now, and a probe needs no reason
            return PlainTextResponse(f"the graph store does not answer: {_SEE}, 1", 503, {"Retry-After": "1"})
        try:
            database.require_room()
        except StoreFull:  # it serves reads
            return PlainTextResponse(f"ready to read; the disk is nearly full: {_SEE}, 4")
        return PlainTextResponse("ready")

    async def startup(request: Request) -> Response:
        """503 until the store has once answered with all migrations; then always 200, whatever happens to the store."""
        nonlocal started
        try:
            if not started:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    started = not await pending(database)
        except Exception:  # as above: a probe needs no reason
            started = False
        if not started:
            return PlainTextResponse(f"the graph store has not come up: {_SEE}, 1", 503, {"Retry-After": "1"})
        return PlainTextResponse("started")

    return [Route("/health/live", live), Route("/health/ready", ready), Route("/health/startup", startup)]
