"""Global ids: opaque text that names one object of any type."""

from __future__ import annotations

import base64
import binascii

import strawberry

from domain.errors import InvalidInput

_URL = str.maketrans("+/", "-_")


@strawberry.interface(description="An object that `node` finds again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description="Global id; opaque and lasting.")


def global_id(type_name: str, key: str) -> strawberry.ID:
    """The id of the object of this type with this key."""
    return strawberry.ID(as_text(f"{type_name}:{key}".encode()))


def as_text(data: bytes) -> str:
    """Bytes as base64 for a URL, without padding."""
    text = binascii.b2a_base64(data, newline=False).decode("ascii").rstrip("=")
    return text.translate(_URL) if "+" in text or "/" in text else text


def parsed(text: str) -> tuple[str, str]:
    """(type, key) of a global id. Raises InvalidInput."""
    try:
        name, colon, key = (
            base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode().partition(":")
        )
    except (binascii.Error, ValueError):
        name = colon = key = ""
    if not (name and colon and key):
        raise InvalidInput("This is no global id.", hint="Pass an `id` as this API gave it.")
    return name, key


def key_of(type_name: str, text: str) -> str:
    """The key in a global id of this type. Raises InvalidInput."""
    name, key = parsed(text)
    if name != type_name:
        raise InvalidInput(f"This is no id of a {type_name}.", hint=f"Pass the `id` of a {type_name}.")
    return key
