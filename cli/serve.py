"""`regulars serve`: runs the service on one port until it is stopped."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from typing import Annotated

import typer
import uvicorn
import uvloop

from api.app import create_app
from api.auth.authenticate import ensure_api_key
from api.auth.jwt_tokens import open_tokens
from api.graphql.request import MAX_BODY
from api.shared_state import open_shared
from domain.garbage import collect_seldom
from domain.settings import Settings, settings
from graph.local import LocalNeo4j
from matching.names.given_names import read_lists
from runtime.background_work import working
from runtime.bonus_keeper import bonuses_kept
from runtime.http_connections import Bounded, Passing
from runtime.journal import kept
from runtime.service import open_service
from runtime.trace_export import traced
from runtime.workers import listening, supervise


def serve(
    start_neo4j: Annotated[
        bool, typer.Option("--start-neo4j", help="Also start the embedded Neo4j, and stop it at the end.")
    ] = False,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes; each also has a port of its own.")] = 1,
) -> None:
    """Serve GraphQL and the intake until it is stopped."""
    config = settings()
    with ExitStack() as stack:
        # Before all that takes time: a port that is taken is said at once.
        own = stack.enter_context(listening(config.host, config.port))
        if start_neo4j and config.neo4j_uri is None:
            LocalNeo4j(config).start(tied_to_parent=True)
        if workers > 1:
            own.close()
            supervise(config, workers, partial(_serve, config, http=Passing))
        else:
            _serve(config, (own,), http=Bounded)


def _serve(config: Settings, sockets: Sequence[socket.socket], *, http: type[asyncio.Protocol]) -> None:
    with traced():
        uvloop.run(run(config, sockets, http))


async def run(config: Settings, sockets: Sequence[socket.socket], http: type[asyncio.Protocol]) -> None:
    """Serves on these sockets until SIGTERM or SIGINT, then finishes open requests and commits waiting events."""
    async with (
        open_service(config) as service,
        open_shared(config) as shared,
        open_tokens(config, service.reader) as tokens,
        kept(service.database, service.parts.vault, config),
        bonuses_kept(service.bonuses),
        working(service.database, service.parts.vault, config) as work,
    ):
        app = create_app(
            config,
            parts=service.parts,
            sink=service.intake,
            quarantine=service.quarantine,
            api_key=ensure_api_key(config),
            shared=shared,
            tokens=tokens,
            work=work,
        )
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                host=config.host,
                port=config.port,
                loop="uvloop",
                http=http,
                ws="websockets-sansio",
                ws_max_size=MAX_BODY,
                log_config=None,
                access_log=False,  # a URL may one day hold what a guest typed; requests are logged by route
                timeout_keep_alive=30,  # longer than clients keep idle connections, so that none ends under a request
                timeout_graceful_shutdown=10,
            )
        )
        read_lists()
        collect_seldom()
        await server.serve(list(sockets))
