"""Conditional reads (RFC 9110, section 13): a client that holds the answer already gets 304 and no body.

The operation is run each time, for that caller, and audited; only its bytes are spared. So what is told to be unchanged
is unchanged after every acknowledged write, and nobody learns by a tag what they may not read.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

import orjson
from starlette.responses import Response

# A cache of the client's own may keep it and has to ask each time; one that others share may not.
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-API-Key, Accept"}
_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_MAX_CHARACTERS = 2_000


def conditional(response: Response, data: Any, media: str, known: str | None) -> Response:
    """The answer with its tag, or 304 where `known` (If-None-Match) names it. The tag is weak: the cost may differ."""
    tag = hashlib.sha256(media.encode() + b"\n" + orjson.dumps(data)).hexdigest()[:32]
    headers = _HEADERS | {"ETag": f'W/"{tag}"'}
    if known is not None and (known.strip() == "*" or tag in _TAG.findall(known[:_MAX_CHARACTERS])):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response
