"""The value that an agent gives a field of the golden record: read as an event's trait would be."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from domain.errors import InvalidInput
from domain.events import Traits
from identity.claims import CONTACTS
from matching.normalise import normalise

_EXTRA = "extra."


def is_golden_field(name: str) -> bool:
    """Whether the golden record may have such a field."""
    return len(name) > len(_EXTRA) if name.startswith(_EXTRA) else name in Traits.model_fields.keys() - {"extra"}


def valid(field: str, value: Any, region: str) -> Any:
    """The value as an event's trait would be read; of an e-mail or phone its one spelling, read in `region`. Raises
    InvalidInput where the field cannot have it."""
    name, _, extra = field.partition(_EXTRA) if field.startswith(_EXTRA) else (field, "", "")
    traits: dict[str, Any] = {"extra": {extra: value}} if extra else {name: value}
    if not is_golden_field(field):
        known = ", ".join(sorted(Traits.model_fields.keys() - {"extra"}))
        raise InvalidInput(f"There is no golden field {field[:64]!r}.", hint=f"Fields: {known} and extra.<name>.")
    try:
        read = Traits.model_validate(traits).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        raise InvalidInput(f"The {field[:64]} cannot be that: {error.errors()[0]['msg']}.") from None
    valid = read["extra"].get(extra) if extra else read.get(name)
    if valid in (None, "", {}):
        raise InvalidInput("An empty value says nothing.", hint="Use goldenFieldRelease to take a word back.")
    if extra in CONTACTS:
        try:
            return normalise(extra, str(valid), region=region)
        except ValueError as error:
            raise InvalidInput(f"The {extra} {error}.") from None
    return valid
