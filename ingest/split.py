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
from ingest.members import Unreadable, read_members

MAX_VALUES = 400_000
"""JSON values of an intake body. A comma or bracket inside a text counts as one, too."""
MAX_MENDED = 50_000
"""JSON values of an intake body that holds what JSON does not have, such as NaN. To read it takes longer."""
_LISTS = ("events", "batch")
_EXPECTED = 'Send a JSON array of events, {"events": […]}, one event, or one event a line.'


def load_json(data: bytes) -> Any:
    """The JSON value, fit to be written again. Raises ValueError.

    NaN, infinities and lone surrogates, which some senders write though JSON has none, become null and "?": one such
    value must not cost the batch that it came in. Of two members with one name the last counts.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        if _most_values(data) > MAX_MENDED:
            raise ValueError("not JSON, and too large to be mended") from None
        try:
            value = json.loads(data.decode(), parse_constant=lambda _: None, parse_float=_finite)
            return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
        except RecursionError:
            raise ValueError("nested too deeply") from None


def check_values(body: bytes) -> None:
    """Raises TooLarge where a body may hold so many values that reading it would keep other requests waiting."""
    if _most_values(body) > MAX_VALUES:
        raise TooLarge(f"The body holds more than {MAX_VALUES} JSON values.", hint="Send it in several requests.")


def load_body(data: bytes) -> Any:
    """The JSON value of a whole body. Members of its array that cannot be read are Unreadable; they cost the others
    nothing. Raises ValueError."""
    try:
        return load_json(data)
    except ValueError:
        return read_members(data, _LISTS, load_json)


def raw_of(index: int, member: Any) -> Raw:
    """A member of the array of a body, which may be Unreadable."""
    return Raw(index, member.text, member.error) if isinstance(member, Unreadable) else Raw(index, member)


def split(body: bytes, *, most: int) -> list[Raw]:
    """The values of a body in order, each with its index (lines: blank ones count too, so that it is the line's).

    Raises InvalidInput where nothing of the body can ever be taken, TooLarge past `most` events or `MAX_VALUES` values.
    """
    body = _utf8(body)
    if not body.strip():
        raise InvalidInput("The body is empty.", hint=_EXPECTED)
    check_values(body)
    try:
        value = load_body(body)
    except ValueError:
        return _lines(body, most)
    values = _values(value)
    if not values:
        raise InvalidInput("The body holds no events.", hint=_EXPECTED)
    _bound(len(values), most)
    return [raw_of(index, item) for index, item in enumerate(values)]


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
        if "type" not in value and isinstance(value.get(name), list):
            return value[name]
    return [value]


def _lines(body: bytes, most: int) -> list[Raw]:
    # A cut-off array with an event a line would otherwise pass for lines, and its last event alone be taken.
    if body.lstrip().startswith(b"["):
        raise InvalidInput("The body is not JSON.", hint=_EXPECTED)
    _bound(body.count(b"\n"), MAX_VALUES)  # blank lines, too, take time
    raws: list[Raw] = []
    for index, line in enumerate(body.split(b"\n")):
        if line.strip():
            _bound(len(raws) + 1, most)
            raws.append(read_line(index, line))
    if not any(isinstance(raw.value, dict) for raw in raws):
        raise InvalidInput("The body is not JSON.", hint=_EXPECTED)
    return raws


def _most_values(data: bytes) -> int:
    """The most values that this text can hold: each but the first stands behind a comma or a bracket."""
    return 1 + len(data) - len(data.translate(None, b",[{"))


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
