"""The guide and style that Neo4j Browser loads from here: static files without personal data, so they need no key."""

from __future__ import annotations

from importlib import resources

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_TYPES = {"html": "text/html; charset=utf-8", "grass": "text/plain; charset=utf-8"}
_FILES = {"start.html", "style.grass"}
# Neo4j Browser runs on another port, so it sends a preflight (OPTIONS), and no credentials.
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, OPTIONS",
    "Access-Control-Allow-Headers": "*",
}


def routes() -> list[Route]:
    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FILES:
            return PlainTextResponse("there is no such file", 404)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_CORS)
        text = resources.files("cypher").joinpath("browser", name).read_text("utf-8")
        return Response(text, headers=_CORS | {"Content-Type": _TYPES[name.rpartition(".")[2]]})

    return [Route("/browser/{name}", file, methods=["GET", "OPTIONS"])]
