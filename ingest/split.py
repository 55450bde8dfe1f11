"""Takes a body apart into JSON values: an array, an object that holds one, a single event, or one event a line.

The content decides, never a header: senders put all four under any media type.
"""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

from domain.errors import EventRefused, InvalidInput, TooLarge
from ingest.delivery import Raw

_LISTS = ("events", "batch")
_EXPECTED = 'Send a JSON array of events, {"events": […]}, one event, or one event a line.'


def load_json(data: bytes) -> Any:
    """The JSON value, fit to be written again. Raises ValueError.

    NaN, infinities and lone surrogates, which some senders write though JSON has none, become null and "?": one such
    value must not cost the batch that it came in.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        try:
            value = json.loads(data.decode(), parse_constant=lambda _: None, parse_float=_finite)
            return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        except RecursionError:
            raise ValueError("nested too deeply") from None


def split(body: bytes, *, most: int) -> list[Raw]:
    """The values of a body in order, each with its index (lines: blank ones count too, so that it is the line's).

    Raises InvalidInput where nothing of the body can ever be taken, TooLarge past `most` events.
    """
    body = _utf8(body)
    if not body.strip():
        raise InvalidInput("The body is empty.", hint=_EXPECTED)
    try:
        value = load_json(body)
    except ValueError:
        return _lines(body, most)
    values = _values(value)
    if not values:
        raise InvalidInput("The body holds no events.", hint=_EXPECTED)
    _bound(len(values), most)
    return [Raw(index, item) for index, item in enumerate(values)]


def read_line(index: int, line: bytes) -> Raw:
    """One line of NDJSON; a line that is no JSON is kept as text with its refusal."""
    try:
        return Raw(index, load_json(line))
    except ValueError:
        error = EventRefused("", "is not JSON", hint="Write one JSON object a line, in UTF-8.")
        return Raw(index, line.decode("utf-8", "replace"), error)


def _values(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise InvalidInput("The body is a single JSON value that is neither an object nor an array.", hint=_EXPECTED)
    for name in _LISTS:
        if "type" not in value and name in value:
            if not isinstance(value[name], list):
                raise InvalidInput(f"`{name}` is not an array.", hint=_EXPECTED)
            return value[name]
    return [value]


def _lines(body: bytes, most: int) -> list[Raw]:
    raws = [read_line(index, line) for index, line in enumerate(body.split(b"\n")) if line.strip()]
    # A cut-off array with an event a line would otherwise pass for lines, and its last event alone be taken.
    if body.lstrip().startswith(b"[") or not any(isinstance(raw.value, dict) for raw in raws):
        raise InvalidInput("The body is not JSON.", hint=_EXPECTED)
    _bound(len(raws), most)
    return raws


def _utf8(body: bytes) -> bytes:
    encoding = json.detect_encoding(body)
    if encoding.startswith(("utf-16", "utf-32")):
        return body.decode(encoding, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    return body.removeprefix(b"\xef\xbb\xbf")


def _bound(count: int, most: int) -> None:
    if count > most:
        raise TooLarge(f"The body holds more than {most} events.", hint="Send them in several requests.")


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None
