"""The explorer (GraphiQL) outside production: a page that may only load its own parts and call this service.

The parts are files of this package, so the page also works without a network.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from strawberry.http.ides import get_graphql_ide_html

from api.errors import error_response
from api.graphql.content_types import wants_html
from domain.errors import NotFound

_ELSEWHERE = re.compile(r'"https://unpkg\.com/[^"]*/([\w.-]+)"')
_EXAMPLE = re.compile(r"const EXAMPLE_QUERY = `.*?`;", re.DOTALL)
_WELCOME = """const EXAMPLE_QUERY = `# The service wants a key. Put it into the tab Headers below, and mind the quotes:
#
#     {"Authorization": "Bearer THE-KEY"}
#
# The key for local development is in the file api.key of the state directory (.regulars).
# The command regulars demo prints it too.
# Ctrl-Enter runs the query, Ctrl-Space completes a word.

{
  brands { code name }
}
`;"""
_TYPES = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
_PACKED = {"Content-Encoding": "gzip"}


def wanted(request: Request) -> bool:
    """Whether a browser asks for the page, and not for the answer to a query."""
    page = request.method == "GET" and wants_html(request.headers.get("accept"))
    return page and not {"query", "extensions", "documentId"} & set(request.query_params)


def page() -> Response:
    html, policy = _page()
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


def routes() -> list[Route]:
    """The page's parts: public files, which need no key."""

    def part(request: Request) -> Response:
        name = request.path_params["name"]
        content = _parts().get(name)
        if content is None:
            return error_response(NotFound("There is nothing at this address."))
        return Response(content, headers=_PACKED | {"Content-Type": _TYPES[name.rpartition(".")[2]]})

    return [Route("/explorer/{name}", part)]


@cache
def _parts() -> dict[str, bytes]:
    folder = resources.files("api.graphql").joinpath("explorer")
    return {file.name.removesuffix(".gz"): file.read_bytes() for file in folder.iterdir() if file.name.endswith(".gz")}


@cache
def _page() -> tuple[str, str]:
    """The page and its policy: inline scripts run by their hash, so text typed into the page never runs."""
    html = _ELSEWHERE.sub(r'"explorer/\1"', get_graphql_ide_html(graphql_ide="graphiql"))
    html = _EXAMPLE.sub(lambda _: _WELCOME, html)
    inline = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline
    )
    return html, "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {hashes}",
            "style-src 'self' 'unsafe-inline'",
            "font-src data:",
            "img-src 'self' data:",
            "worker-src blob:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
