"""The state of a profile as one caller may see it: a text that changes when that does."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256
from typing import Any

import orjson

from graph.customers import ProfilePart, Reading
from resolvers.customer.customer import Customer
from resolvers.customer.golden_record import opened


def state(customer: Customer, wanted: Collection[ProfilePart]) -> str:
    """A text that is another one when what the caller may see is: of the profile's own values, and of these parts.

    Not when a value is only said or seen once more: that may have been at a brand that the caller does not see.
    """
    profile = customer.profile
    values = {name: claim["value"] for name, claim in opened(profile, customer.context).items()}
    shown = [_shown(profile.base), values, *(_shown(profile.parts[part]) for part in Reading.of(wanted))]
    return sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]


def _shown(value: Any) -> Any:
    """Without what is sealed, anew with each writing, and without the last day on which something was seen."""
    match value:
        case dict():
            return {name: _shown(each) for name, each in value.items() if name not in ("sealed", "last")}
        case list():
            return [_shown(each) for each in value]
        case _:
            return value
