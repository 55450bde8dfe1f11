"""Translates messages of the Segment.com HTTP Tracking API into native events; equal messages give equal events.

Facts of the format: the Segment.com spec (identify, track, page, screen, group, alias; ecommerce spec v2). A message
that cannot become a valid event is translated as far as possible: `ingest.parse` then reports what is wrong with it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast

import orjson

from connectors.segment_com.clean_values import clean_text, id_text, identifier, slug, without_empty
from connectors.segment_com.order_messages import OrderDefaults, order_event
from domain.errors import EventRefused
from domain.events import Event
from ingest.parse import parse
from matching.names.full_names import split_full_name

TYPES = ("identify", "track", "page", "screen", "group", "alias")
_MAX_EXTRA = 50
_MAX_TEXT = 200
_NO_ADVERTISING_ID = "00000000-0000-0000-0000-000000000000"  # sent by phones whose owner forbids tracking
_NOT_CONTENT = frozenset(("sentAt", "receivedAt", "writeKey", "integrations"))
_TRAITS = {
    "firstName": "givenName", "first_name": "givenName", "lastName": "familyName", "last_name": "familyName",
    "gender": "sex", "language": "language",
}  # fmt: skip
_ADDRESS = {
    "street": "line1", "city": "city", "state": "region", "postalCode": "postcode", "postal_code": "postcode",
    "zip": "postcode",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Translator:
    """Translates the messages of one source. `orders` fills in fields that the ecommerce spec does not require."""

    source: str
    orders: OrderDefaults
    received_at: datetime
    brands: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, source: str, currency: str | None, brands: Mapping[str, str], received_at: datetime) -> Translator:
        """A source's translator. `brands` are those of events that name none, by source."""
        return cls(source, OrderDefaults.of(source, currency, brands.get(source)), received_at, brands)

    def read(self, message: Any) -> Event:
        """The event. Raises EventRefused; its pointer is into the translated event."""
        return parse(self.translate(message), self.brands)

    def translate(self, message: Any) -> dict[str, Any]:
        """The native event of one message, not validated. Raises EventRefused where there is nothing to translate."""
        if not isinstance(message, Mapping):
            raise EventRefused("", "is not a JSON object", hint="A message is an object with at least a type.")
        message = cast(Mapping[str, Any], message)
        kind = message.get("type")
        if kind not in TYPES:
            raise EventRefused("/type", "is not a type of the Segment.com API", hint=f"One of: {', '.join(TYPES)}.")
        envelope: dict[str, Any] = {
            "version": 1,
            "messageId": _message_id(self.source, message),
            "source": self.source,
            "at": self._at(message),
        }
        if kind == "alias":
            return envelope | {"type": "alias", **self._alias(message)}
        subject = self._subject(message, about_person=kind == "identify")
        if kind == "identify":
            return envelope | {"type": "identify", "subject": subject}
        envelope["subject"] = subject
        if kind == "track":
            order = order_event(message, envelope["messageId"], self.orders)
            return envelope | (order or _track(clean_text(message.get("event")), _object(message, "properties")))
        if kind == "group":
            group = {"groupId": identifier(message.get("groupId")), "traits": _object(message, "traits")}
            return envelope | _track("group", without_empty(group))
        properties = without_empty({"category": message.get("category")}) | _object(message, "properties")
        name = clean_text(message.get("name"))
        channel = "app" if kind == "screen" else "web"
        return envelope | {"type": "page", "name": name, "channel": channel, "properties": properties}

    def _at(self, message: Mapping[str, Any]) -> Any:
        # No correction by sentAt: a message sent again has another sentAt, and its time must not change with it.
        for name in ("timestamp", "originalTimestamp", "sentAt"):
            value = message.get(name)
            if value:
                return _utc(value)
        return self.received_at.isoformat()

    def _subject(self, message: Mapping[str, Any], *, about_person: bool) -> dict[str, Any]:
        context = _object(message, "context")
        claimed = _object(context, "traits") | (_object(message, "traits") if about_person else {})
        user, anonymous = identifier(message.get("userId")), identifier(message.get("anonymousId"))
        email, phone = identifier(claimed.get("email")), identifier(claimed.get("phone"))
        if not (user or anonymous or email or phone):
            raise EventRefused("/userId", "is required where there is no anonymousId", hint="Send either of them.")
        device = _object(context, "device")
        devices = [identifier(device.get(name)) for name in ("id", "advertisingId")]
        identifiers = {
            # Placeholders too: the core leaves them out, and says so.
            "account_id": self._account(id_text(message.get("userId"))),
            "anonymous_id": id_text(message.get("anonymousId")),
            "email": email,
            "phone": phone,
            "device_id": sorted({value for value in devices if value and value != _NO_ADVERTISING_ID}),
        }
        traits = _traits(claimed)
        locale = context.get("locale")
        if claimed and isinstance(locale, str) and "language" not in traits:
            traits |= without_empty({"language": clean_text(locale)})
        subject = {
            "id": user or (anonymous and f"anon:{anonymous}"),
            "identifiers": without_empty(identifiers),
            "traits": traits,
            "region": traits.get("address", {}).get("country"),
        }
        return without_empty(subject)

    def _alias(self, message: Mapping[str, Any]) -> dict[str, Any]:
        user, previous = id_text(message.get("userId")), id_text(message.get("previousId"))
        if not user or not previous:
            missing = "userId" if not user else "previousId"
            raise EventRefused(f"/{missing}", "is required and missing", hint="An alias names both ids.")
        # Segment.com does not say whether the former id was anonymous or an account: it is looked up as both.
        former = {"anonymous_id": previous, "account_id": self._account(previous)}
        subject = {"id": user, "identifiers": {"account_id": self._account(user)}}
        return {"subject": subject, "previous": {"identifiers": former}}

    def _account(self, user: str | None) -> str | None:
        return f"{self.source}:{user}" if user else None


def raw_reader(currency: str | None, brands: Mapping[str, str] | None = None) -> Callable[[str, datetime, Any], Event]:
    """Reads single messages again, by source and time of arrival. Orders without a currency are in `currency`, or are
    refused where it is unset."""

    def read(source: str, received_at: datetime, raw: Any) -> Event:
        return Translator.of(source, currency, brands or {}, received_at).read(raw)

    return read


def messages(body: Any, kind: str | None) -> list[Any]:
    """The messages of a request body, each complete in itself; `kind` is the type that the path names, if any.

    Messages without `context` and `sentAt` get those of their batch. The write key is removed, so that it never reaches
    the quarantine.
    """
    shared: dict[str, Any] = {}
    batch: list[Any] = [body]
    if kind is None and isinstance(body, Mapping) and isinstance(body.get("batch"), list):
        batch = body["batch"]
        shared = {name: body[name] for name in ("context", "sentAt") if name in body}
    elif isinstance(body, list):
        batch = body
    if kind is not None:
        shared["type"] = kind
    return [
        {**shared, **{k: v for k, v in item.items() if k != "writeKey" and v is not None}}
        if isinstance(item, Mapping)
        else item
        for item in batch
    ]


def _track(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "track", "name": name, "properties": dict(properties)}


def _traits(claimed: Mapping[str, Any]) -> dict[str, Any]:
    """Known traits under their names; the rest, as text, under `extra`, so that an unusual trait causes no refusal."""
    traits: dict[str, Any] = {}
    extra: dict[str, str] = {}
    for name, value in claimed.items():
        if name in _TRAITS:
            traits[_TRAITS[name]] = clean_text(value)
        elif name == "birthday" and (birth := _birth_date(value)):
            traits["birthDate"] = birth
        elif name == "address":
            traits["address"], rest = _address(value)
            extra |= rest
        elif name not in ("email", "phone", "name"):
            extra[slug(name)] = clean_text(value)
    if not (traits.get("givenName") or traits.get("familyName")):
        name = split_full_name(clean_text(claimed.get("name")))
        traits |= {"givenName": name.given, "familyName": name.family, "suffix": name.suffix}
    kept = dict(list(without_empty(extra).items())[:_MAX_EXTRA])
    return without_empty(traits | {"extra": kept})


def _address(value: Any) -> tuple[dict[str, Any], dict[str, str]]:
    if not isinstance(value, Mapping):
        return without_empty({"line1": clean_text(value)}), {}
    address: dict[str, Any] = {_ADDRESS[name]: clean_text(part) for name, part in value.items() if name in _ADDRESS}
    country = clean_text(value.get("country"))
    if re.fullmatch(r"[A-Za-z]{2}", country):
        return without_empty(address | {"country": country.upper()}), {}
    return without_empty(address), without_empty({"country": country})


def _birth_date(value: Any) -> str | None:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        return None


def _utc(value: Any) -> Any:
    """RFC 3339 of any ISO 8601 time; without a zone it is UTC, as in the Segment.com spec."""
    if not isinstance(value, str):
        return value
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def _message_id(source: str, message: Mapping[str, Any]) -> str:
    message_id = identifier(message.get("messageId"))
    if message_id and len(message_id) <= _MAX_TEXT:
        return message_id
    content = {name: value for name, value in message.items() if name not in _NOT_CONTENT}
    digest = hashlib.sha256(source.encode())
    try:
        digest.update(orjson.dumps(content, option=orjson.OPT_SORT_KEYS))
    except TypeError:
        raise EventRefused("", "is nested too deeply", hint="Flatten it.") from None
    return f"sha256-{digest.hexdigest()[:40]}"


def _object(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    content = value.get(name)
    return dict(content) if isinstance(content, Mapping) else {}
