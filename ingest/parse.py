"""Reads one event of version 1 from JSON; a refusal says where it is wrong and how to mend it, never what it holds."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast, get_args

import orjson
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain import events
from domain.errors import EventRefused
from domain.events import MAX_PROPERTIES_BYTES, Event, event_adapter

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+-]\d\d:?\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
# A field name that may be shown: a person's e-mail or number sent as a *name* must not reach a log by way of an error.
_SHOWABLE = re.compile(r"(?!.*\d{5})[A-Za-z_][A-Za-z0-9_.-]{0,63}")

# pydantic error type -> (what is wrong, how to mend it). Braces are filled from the error's context.
_WORDS: dict[str, tuple[str, str | None]] = {
    "missing": ("is required and missing", None),
    "extra_forbidden": ("is not a field of this event", "Field names are exact, in camelCase."),
    "string_type": ("is not a string", 'Put it in quotes: "…".'),
    "string_too_short": ("is empty", "Leave the field out, or give it a value."),
    "string_too_long": ("is longer than {max_length} characters", "Shorten it."),
    "string_pattern_mismatch": ("is not of the form {pattern}", None),
    "string_unicode": ("is not valid Unicode", "Send UTF-8."),
    "too_short": ("is an empty list", "Leave the field out."),
    "too_long": ("holds more than {max_length} entries", "Send fewer."),
    "list_type": ("is not a list", None),
    "dict_type": ("is not an object", None),
    "model_type": ("is not an object", None),
    "model_attributes_type": ("is not an object", None),
    "enum": ("is none of {expected}", None),
    "literal_error": ("is not {expected}", None),
    "bool_type": ("is not true or false", None),
    "bool_parsing": ("is not true or false", None),
    "decimal_type": ("is not a decimal number", 'Send a string such as "12.30".'),
    "decimal_parsing": ("is not a decimal number", 'Send a string such as "12.30".'),
    "decimal_max_digits": ("has more than {max_digits} digits", None),
    "decimal_max_places": ("has more than {decimal_places} decimal places", None),
    "decimal_whole_digits": ("has more than {whole_digits} digits before the point", None),
    "finite_number": ("is not a finite number", None),
    "less_than_equal": ("is more than {le}", None),
    "int_type": ("is not a whole number", None),
    "int_parsing": ("is not a whole number", None),
    "int_from_float": ("is not a whole number", None),
    "greater_than": ("is not greater than {gt}", None),
    "greater_than_equal": (
        "is less than {ge}",
        "Leave the sign out. A refund is an event of its own: order.refunded.",
    ),
    "timezone_aware": ("has no time zone", "End it with Z or an offset such as +02:00."),
}
_NONE: Mapping[str, str] = {}
_AT_HINT = "Send RFC 3339 with a zone, such as 2026-03-01T18:30:00Z."
_DATE_HINT = "Send a date as YYYY-MM-DD."


def parse(raw: Any, brands: Mapping[str, str] = _NONE) -> Event:
    """The event; if it names no brand, it gets the one that `brands` has for its source. Raises EventRefused for the
    first thing wrong, with the count of further ones.
    """
    if not isinstance(raw, Mapping):
        raise EventRefused("", "is not a JSON object", hint="An event is an object with at least a type.")
    raw = _with_brand(cast(Mapping[str, Any], raw), brands)
    _check_times(raw)
    try:
        event = event_adapter.validate_python(raw)
    except ValidationError as error:
        raise _refusal(error) from None
    _check_properties(event)
    return event


def event_types() -> tuple[str, ...]:
    """The `type` of every event of the contract, in the contract's order."""
    return tuple(_models())


def _with_brand(raw: Mapping[str, Any], brands: Mapping[str, str]) -> Mapping[str, Any]:
    source, kind = raw.get("source"), raw.get("type")
    if raw.get("brand") is not None or not isinstance(source, str) or source not in brands:
        return raw
    model = _models().get(kind) if isinstance(kind, str) else None
    return raw if model is None or "brand" not in model.model_fields else {**raw, "brand": brands[source]}


def _check_times(raw: Mapping[str, Any]) -> None:
    # pydantic also takes Unix seconds, so that 20260301 would silently become a day in 1970.
    if "at" in raw and not (isinstance(raw["at"], str) and _RFC3339.fullmatch(raw["at"])):
        raise EventRefused("/at", "is not a time with a zone", hint=_AT_HINT)
    for person in ("subject", "previous"):
        birth = _inside(raw, person, "traits", "birthDate")
        if birth is not None and not (isinstance(birth, str) and _DATE.fullmatch(birth)):
            raise EventRefused(f"/{person}/traits/birthDate", "is not a date", hint=_DATE_HINT)


def _inside(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _check_properties(event: Event) -> None:
    properties = getattr(event, "properties", None)
    if not properties:
        return
    try:
        size = len(orjson.dumps(properties))
    except TypeError:
        raise EventRefused("/properties", "is nested too deeply", hint="Flatten it.") from None
    if size > MAX_PROPERTIES_BYTES:
        message = f"is larger than {MAX_PROPERTIES_BYTES} bytes as JSON"
        raise EventRefused("/properties", message, hint="Send what is needed of it.")


def _refusal(error: ValidationError) -> EventRefused:
    details = error.errors(include_url=False, include_input=False)
    first = details[0]
    message, hint = _words(first)
    # Of a place inside an event, the first part is the union's tag: not a field.
    pointer = "/type" if first["type"].startswith("union_tag") else _pointer(first["loc"][1:])
    if len(details) > 1:
        message += f" (and {len(details) - 1} more of this event are wrong)"
    return EventRefused(pointer, message, hint=hint)


def _words(detail: ErrorDetails) -> tuple[str, str | None]:
    kind, context, last = detail["type"], detail.get("ctx", {}), detail["loc"][-1] if detail["loc"] else ""
    if kind == "union_tag_not_found":
        return "is required and missing", f"One of: {', '.join(_models())}."
    if kind == "union_tag_invalid":
        return "is not an event type of version 1", _near(str(context["tag"]), _models()) or (
            f"One of: {', '.join(_models())}."
        )
    if kind == "value_error":
        return str(context["error"]), None
    if last == "[key]":
        return "holds a name that is not of the form [a-z0-9][a-z0-9_.-]{0,63}", "Use lower case, such as loyalty_card."
    if kind.startswith(("date_", "datetime_")):
        return ("is not a time", _AT_HINT) if last == "at" else ("is not a date", _DATE_HINT)
    if kind in ("missing", "string_type") and detail["loc"][1:] == ("brand",):
        return "is required and missing", "Name it, or set the brand of this source in REGULARS_SOURCE_BRANDS."
    message, hint = _WORDS.get(kind, ("is not valid", "See docs/events.md."))
    if kind == "extra_forbidden":
        hint = _near(str(last), _field_names()) or hint
    return message.format(**context), hint


def _near(name: str, known: Iterator[str] | Mapping[str, Any] | frozenset[str]) -> str | None:
    found = difflib.get_close_matches(name[:64], list(known), n=1)
    return f"Did you mean {found[0]}?" if found else None


def _pointer(loc: tuple[int | str, ...]) -> str:
    parts: list[str] = []
    for part in loc:
        text = str(part)
        if text == "[key]" or not (isinstance(part, int) or _SHOWABLE.fullmatch(text)):
            break
        parts.append(text.replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{part}" for part in parts)


@cache
def _models() -> dict[str, type[BaseModel]]:
    union = get_args(get_args(events.Event)[0])
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in union}


@cache
def _field_names() -> frozenset[str]:
    models = [model for model in vars(events).values() if isinstance(model, type) and issubclass(model, BaseModel)]
    return frozenset(field.alias or name for model in models for name, field in model.model_fields.items())
