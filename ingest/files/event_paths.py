"""Whether a path of a mapping, such as `subject.traits.sex`, leads to a field of an event."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel

_OTHER_WORDS = {
    "gender": "sex",
    "dob": "birthDate",
    "birthday": "birthDate",
    "dateOfBirth": "birthDate",
    "firstName": "givenName",
    "lastName": "familyName",
    "surname": "familyName",
    "locale": "language",
    "street": "line1",
    "state": "region",
    "zip": "postcode",
    "postalCode": "postcode",
    "sku": "product",
    "price": "amount",
    "tips": "tip",
    "guests": "covers",
}
"""What other systems call a field."""


def check_path(model: type[BaseModel], path: str, *, what: str) -> None:
    """Returns where events of this model have a field there. Raises ValueError that names what may be meant."""
    parts = path.split(".")
    here: Any = model
    for place, part in enumerate(parts):
        names = _names(here)
        if names is None:  # names are free from here on, as those of identifiers
            return
        if part not in names:
            raise ValueError(f"{path} is no field of {what}; {_meant(parts[:place], part, sorted(names))}")
        here = names[part]


def _names(kind: Any) -> dict[str, Any] | None:
    """The fields of a contract, each with its type; empty for a plain value, None for an object of free names."""
    for inner in _inside(kind):
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            return {field.alias or name: field.annotation for name, field in inner.model_fields.items()}
        if (get_origin(inner) or inner) is dict:
            return None
    return {}


def _inside(kind: Any) -> Iterator[Any]:
    """The type and those in it, such as both of `Address | None`; of a list there is no way in."""
    yield kind
    if (get_origin(kind) or kind) not in (list, dict):
        for inner in get_args(kind):
            yield from _inside(inner)


def _meant(before: list[str], part: str, names: list[str]) -> str:
    near = _OTHER_WORDS.get(part)
    if near not in names:
        near = next(iter(difflib.get_close_matches(part, names, n=1)), None)
    if near is not None:
        return f"did you mean {'.'.join([*before, near])}?"
    return f"there are {', '.join(names)}" if names else f"{'.'.join(before)} has no fields"
