"""The baseline of the profile query: one Cypher query, orjson, no schema, no checks."""

from __future__ import annotations

import asyncio
import base64
import sys
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.settings import settings
from runtime.service import open_database


async def serve(port: int) -> None:
    config = settings()
    async with open_database(config) as database:

        async def customer(request: Request) -> Response:
            number = orjson.loads(await request.body())["number"]
            rows = await database.read(f"bench/bare_{request.url.path[1:]}", number=number)
            return Response(orjson.dumps(rows[0]["customer"], default=_text), media_type="application/json")

        async def health(request: Request) -> Response:
            return Response("ok")

        routes = [Route(f"/{name}", customer, methods=["POST"]) for name in ("profile", "serve")]
        app = Starlette(routes=[*routes, Route("/health/ready", health)])
        options: dict[str, Any] = {"loop": "uvloop", "http": "httptools", "log_config": None, "access_log": False}
        await uvicorn.Server(uvicorn.Config(app, host=config.host, port=port, **options)).serve()


def _text(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
