"""Conditional reads (RFC 9110, section 13): a client that already holds the answer gets 304 and no body.

The operation runs each time, for that caller, and is audited; only the bytes of the answer are saved. So a 304 is true
after every acknowledged write, and a tag reveals nothing that its caller may not read.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import orjson
from starlette.responses import Response

# The client's own cache may keep the answer and must ask each time; a shared cache may not keep it.
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-API-Key, Accept"}
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_MAX_CHARACTERS = 2_000


def conditional(response: Response, data: Any, media: str, tags: str | None) -> Response:
    """The answer with its tag, or 304 where `tags` (If-None-Match) names it. The tag is weak: the cost may differ."""
    tag = hashlib.sha256(media.encode() + b"\n" + orjson.dumps(data)).hexdigest()[:32]
    headers = _HEADERS | {"ETag": f'W/"{tag}"'}
    if tags is not None and (tags.strip() == "*" or tag in _TAG.findall(tags[:_MAX_CHARACTERS])):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response
