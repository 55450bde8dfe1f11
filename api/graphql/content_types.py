"""Media types of GraphQL over HTTP: checks the type of a request and selects the type of its answer."""

from __future__ import annotations

import codecs
import re
from enum import Enum, auto
from functools import lru_cache

from domain.errors import NotAcceptable, UnsupportedMediaType

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"
_PARAMETER = re.compile(r';\s*([\w!#$%&\'*+.^`|~-]+)\s*=\s*(?:"([^"]*)"|([^;\s]*))')
_MAX_CHARACTERS = 2_000
_REMEMBERED = 256  # clients send the same few, request after request


class EventStream(Enum):
    """When the answer is a stream of events."""

    NEVER = auto()
    OF_SUBSCRIPTIONS = auto()
    ALWAYS = auto()


def answer_type(accept: str | None) -> str:
    """RESPONSE or JSON, whichever `Accept` prefers (RFC 9110, q-values); JSON where it is absent or accepts everything.

    Raises NotAcceptable.
    """
    return JSON if accept is None else _answer_type(accept[:_MAX_CHARACTERS])


@lru_cache(_REMEMBERED)
def _answer_type(accept: str) -> str:
    if not accept.strip():
        return JSON
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    quality = {media: _quality(media, ranges) for media in (JSON, RESPONSE)}
    best = max(quality, key=lambda media: (quality[media], _named(media, ranges)))
    if quality[best] <= 0:
        raise NotAcceptable(f"The answer is {RESPONSE} or {JSON}.", hint="Name one of them in `Accept`.")
    return best


def event_stream(accept: str | None) -> EventStream:
    """Whether `Accept` names streams of events, and whether it leaves the choice: a client may accept both kinds of
    answers for whatever it sends. Then a subscription is streamed, and all else is not.
    """
    return EventStream.NEVER if accept is None else _event_stream(accept[:_MAX_CHARACTERS])


@lru_cache(_REMEMBERED)
def _event_stream(accept: str) -> EventStream:
    ranges = [_range(part) for part in accept.split(",")]
    if not any(name == EVENTS and quality > 0 for name, quality in ranges):
        return EventStream.NEVER
    whole = any(_quality(media, ranges) > 0 for media in (JSON, RESPONSE))
    return EventStream.OF_SUBSCRIPTIONS if whole else EventStream.ALWAYS


def wants_html(accept: str | None) -> bool:
    """Whether a browser asks for a page: it names HTML, and none of GraphQL's types."""
    media = {_range(part)[0] for part in (accept or "")[:_MAX_CHARACTERS].split(",")}
    return "text/html" in media and not media & {RESPONSE, JSON}


def require_json(content_type: str | None) -> None:
    """Returns where the body is JSON in UTF-8. Raises UnsupportedMediaType.

    A browser sends this type to another origin only after a CORS preflight, which a forged form cannot send.
    """
    if content_type != JSON:
        _require_json((content_type or "")[:_MAX_CHARACTERS])


@lru_cache(_REMEMBERED)
def _require_json(content_type: str) -> None:
    media, parameters = _parsed(content_type)
    if media != JSON:
        raise UnsupportedMediaType(f"The body must be {JSON}.", hint=f"Send `Content-Type: {JSON}`.")
    try:
        if codecs.lookup(parameters.get("charset", "utf-8")).name in ("utf-8", "ascii"):
            return
    except (LookupError, ValueError):
        pass
    raise UnsupportedMediaType("The body must be in UTF-8.", hint="Leave `charset` out.")


def _quality(media: str, ranges: list[tuple[str, float]]) -> float:
    """The q-value of the most specific range that holds `media`; 0 where none does."""
    for pattern in (media, media.partition("/")[0] + "/*", "*/*"):
        qualities = [quality for name, quality in ranges if name == pattern]
        if qualities:
            return max(qualities)
    return 0.0


def _named(media: str, ranges: list[tuple[str, float]]) -> tuple[bool, int]:
    # Of two equal preferences the named type wins, and of two named types the first.
    names = [name for name, _ in ranges]
    return (media in names, -names.index(media) if media in names else 0)


def _range(part: str) -> tuple[str, float]:
    media, parameters = _parsed(part)
    try:
        quality = float(parameters.get("q", "1"))
    except ValueError:
        quality = 0.0
    return media, quality if 0 <= quality <= 1 else 0.0


def _parsed(text: str) -> tuple[str, dict[str, str]]:
    media, _, rest = text.partition(";")
    parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(f";{rest}")}
    return media.strip().lower(), parameters
