"""What a request asks for, as a text of its own: under the same request id another one is refused."""

from __future__ import annotations

from collections.abc import Collection

import orjson

from resolvers.kit.selection import Selected


def asked(field: Selected, *, besides: Collection[str]) -> str:
    """The field's name with its arguments as the caller gave them, all but those named. It may hold personal data."""
    arguments = {name: value for name, value in field.arguments.items() if name not in besides}
    return orjson.dumps([field.name, arguments], option=orjson.OPT_SORT_KEYS).decode()
