"""The explorer (GraphiQL) outside production: a page that may only load its own parts and call this service."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from strawberry.http.ides import get_graphql_ide_html

from api.graphql.content_types import wants_html

_PARTS = "https://unpkg.com"


def wanted(request: Request) -> bool:
    """Whether a browser asks for the page, and not for the answer to a query."""
    page = request.method == "GET" and wants_html(request.headers.get("accept"))
    return page and not {"query", "extensions", "documentId"} & set(request.query_params)


def page() -> Response:
    html, policy = _page()
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


@cache
def _page() -> tuple[str, str]:
    """The page and its policy: inline scripts run by their hash, so text typed into the page never runs."""
    html = get_graphql_ide_html(graphql_ide="graphiql")
    inline = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline
    )
    return html, "; ".join(
        (
            "default-src 'none'",
            f"script-src {_PARTS} {hashes}",
            f"style-src {_PARTS} 'unsafe-inline'",
            f"font-src {_PARTS} data:",
            "img-src 'self' data:",
            "worker-src blob:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        )
    )
