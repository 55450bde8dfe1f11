"""The Segment.com HTTP Tracking API: a sender that uses it changes only its host and its write key.

Segment.com's libraries discard a batch on most 4xx answers. So a bad message is quarantined and its batch is answered
with success, faults of the service answer 429 or 503, and 4xx is used only for what could never be accepted.

Some libraries send the write key only in the body. Until the key is known, a body is read up to Segment.com's own limit
and searched for the key; it is unpacked, but nothing of it is parsed.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api.auth.authenticate import CallerFinder, verifier
from api.errors import error_response, json_response, public_error
from api.events.page_events import check_public
from api.events.sender_limits import limited_reader, rights_of
from api.events.sender_trail import SenderTrail
from api.origins import check_page, cross_origin
from api.request_body import read_body
from api.shared_state import page_bucket
from api.stranger_pace import mark_known
from connectors.segment_com.messages import TYPES, Translator, messages
from domain.errors import EventRefused, InvalidInput, MethodNotAllowed, NotAuthenticated, TooLarge, TooSlow, Unavailable
from domain.events import Event
from domain.log import logger
from domain.settings import Settings
from ingest.delivery import EventReader, EventSink, RefusalStore, deliver
from ingest.split import check_values, load_body, raw_of
from matching.policy import Policies
from privacy.audit_log import AuditLog
from resolvers.access.caller import Caller
from resolvers.bounds.budget import Bucket

MAX_BATCH = 500 * 1024
"""Size of a body of the Segment.com API, also after unpacking."""
MAX_MESSAGE = 32 * 1024
"""Size of one message of the Segment.com API as JSON. A larger one is refused alone."""
Endpoint = Callable[[Request], Awaitable[Response]]
SenderOf = Callable[[str], Awaitable["Sender"]]
_log = logger("regulars.segment_com")
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_DEFAULT_SOURCE = "segment"
_WRITE_KEY = re.compile(rb'"writeKey"\s*:\s*"([!#-\[\]-~]{1,300})"')
_HINT = "The write key is the API key, or <API key>.<source> to tell several sources apart."


@dataclass(frozen=True, slots=True)
class Sender:
    """The caller, and the source that the write key names."""

    caller: Caller
    source: str


def routes(
    sink: EventSink,
    quarantine: RefusalStore,
    settings: Settings,
    sender_of: SenderOf,
    policies: Policies,
    audit: AuditLog | None = None,
    pages: Bucket | None = None,
) -> list[Route]:
    """`/v1/identify` and its siblings, `/v1/batch` and `/v1/import`. `sender_of` is `write_keys(…)`. `pages`: what
    public keys may send."""
    sent_by_pages = pages or page_bucket(settings)

    async def take(kind: str | None, request: Request) -> Response:
        try:
            if request.method != "POST":
                raise MethodNotAllowed("This address answers POST.", allow=("POST",))
            return await _take(kind, request)
        except Exception as error:
            if isinstance(error, TooSlow):
                error = Unavailable(error.message, hint=error.hint)  # 408 would lose the batch for some libraries
            shown = public_error(error)
            # Segment.com's libraries look for `code` and `message` at the top level.
            return error_response(shown, success=False, code=shown.code, message=shown.message)

    async def _take(kind: str | None, request: Request) -> Response:
        key = _basic_user(request)
        sender = await sender_of(key) if key else None
        if sender is not None:
            mark_known(request.scope)
        data = await read_body(request, min(settings.intake_max_body, MAX_BATCH), settings.body_timeout_s)
        if sender is None:
            await _check_keys(data, sender_of)
        body = _json(data)
        if sender is None:
            sender = await sender_of(_body_key(body))
            mark_known(request.scope)
        check_page(sender.caller, request.headers.get("origin"), settings)
        source = sender.source
        batch = messages(body, kind)
        if len(batch) > settings.intake_max_events:
            raise TooLarge(f"The batch holds more than {settings.intake_max_events} messages.")
        await check_public(sender.caller, request.headers.get("origin"), len(batch), settings, sent_by_pages)
        translator = Translator.of(source, settings.currency, settings.source_brands, datetime.now(UTC))
        raws = [raw_of(index, message) for index, message in enumerate(batch)]
        read = limited_reader(sender.caller, _bounded(translator.read), policies)
        rights = rights_of(sender.caller)
        taking = deliver(raws, read, sink, quarantine, source=source, format="segment", rights=rights)
        receipt = await SenderTrail(sender.caller, "segment", audit).receipt(len(raws), taking)
        if receipt.warnings:  # the API of Segment.com has no place for them
            counts = Counter(text for _, text in receipt.warnings)
            _log.warning("messages taken with warnings", source=source, warnings=dict(counts))
        return json_response(200, {"success": True})

    async def ignored(request: Request) -> Response:
        return json_response(200, {"success": True})

    kinds: dict[str, str | None] = {**{kind: kind for kind in TYPES}, "batch": None, "import": None}
    # The library for browsers uses first letters, and reports about itself to `m`. Its pages are on other origins.
    kinds |= {kind[0]: kind for kind in TYPES} | {"b": None}
    ends: dict[str, Endpoint] = {"m": ignored, **{path: partial(take, kind) for path, kind in kinds.items()}}
    browsers = [cross_origin(settings, ("POST",))]
    methods = ["OPTIONS", "POST"]  # a preflight is answered by the middleware
    return [Route(f"/v1/{path}", end, methods=methods, middleware=browsers) for path, end in ends.items()]


def write_keys(api_key: str, *finders: CallerFinder) -> SenderOf:
    """Returns a function from a write key, `<key>` or `<key>.<source>`, to its Sender; it raises NotAuthenticated."""
    check = verifier(api_key, *finders)

    async def sender_of(write_key: str) -> Sender:
        caller, source = await check(write_key), _DEFAULT_SOURCE
        key, dot, named = write_key.rpartition(".")
        if caller is None and dot:
            caller, source = await check(key), named
        elif caller is not None and caller.sources is not None and len(caller.sources) == 1:
            [source] = caller.sources
        if caller is None:
            raise NotAuthenticated("The write key is unknown.", hint=_HINT)
        if not _SOURCE.fullmatch(source):
            raise NotAuthenticated("The source in the write key is not of the form [a-z0-9][a-z0-9_.-]*.", hint=_HINT)
        return Sender(caller, source)

    return sender_of


def _basic_user(request: Request) -> str | None:
    """The user name of HTTP basic authentication (RFC 7617), where the libraries put the write key."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    try:
        if scheme.lower() != "basic":
            raise ValueError
        return base64.b64decode(encoded.strip(), validate=True).decode().partition(":")[0]
    except ValueError:
        raise NotAuthenticated("The Authorization header is not HTTP basic authentication.", hint=_HINT) from None


async def _check_keys(data: bytes, sender_of: SenderOf) -> None:
    """Raises NotAuthenticated where neither the first nor the last text that may be the write key is one.

    It only keeps work from callers without a key: who sends, and as which source, is read from the parsed body.
    """
    places = (data.find(b'"writeKey"'), data.rfind(b'"writeKey"'))
    found = [match[1].decode() for place in places if (match := _WRITE_KEY.match(data, max(place, 0)))]
    if not found:
        raise _no_key()
    *others, last = dict.fromkeys(found)
    for key in others:
        with suppress(NotAuthenticated):
            await sender_of(key)
            return
    await sender_of(last)


def _body_key(body: Any) -> str:
    key = body.get("writeKey") if isinstance(body, Mapping) else None
    if not isinstance(key, str) or not key:
        raise _no_key()
    return key


def _no_key() -> NotAuthenticated:
    return NotAuthenticated("There is no write key.", hint=f"Send it as the user of basic authentication. {_HINT}")


def _bounded(read: EventReader) -> EventReader:
    """A reader like `read` that refuses a message of more than `MAX_MESSAGE` bytes."""

    def checked(value: Any, /) -> Event:
        try:
            size = len(orjson.dumps(value))
        except TypeError:
            raise EventRefused("", "is nested too deeply", hint="Flatten it.") from None
        if size > MAX_MESSAGE:
            raise EventRefused("", f"is larger than {MAX_MESSAGE} bytes", hint="Send what is needed of it.")
        return read(value)

    return checked


def _json(data: bytes) -> Any:
    check_values(data)
    try:
        body = load_body(data.removeprefix(b"\xef\xbb\xbf"))
    except ValueError:
        raise InvalidInput("The body is not JSON.", hint='Send a message, or {"batch": […]}.') from None
    if not isinstance(body, Mapping | list):
        raise InvalidInput("The body is neither an object nor an array.", hint='Send {"batch": […]}.')
    return body
