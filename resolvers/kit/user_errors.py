"""Why a mutation changed nothing, with the path to each argument that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from domain.errors import RegularsError
from resolvers.kit.graphql_errors import UserError

Named: TypeAlias = Mapping[str, str | Sequence[str]]
"""What the caller named: an argument's value, or each value of a list, by the argument's name."""
_NOTHING: Named = {}


def user_errors(error: RegularsError, named: Named = _NOTHING, *, field: Sequence[str] = ()) -> list[UserError]:
    """One for each value that the error is about; else a single one, about `field` or the only argument named."""
    message = f"{error.message} {error.hint}" if error.hint else error.message
    whole = list(field) or (list(named) if len(named) == 1 else [])
    paths = [path for path, value in _values(named) if value in error.about]
    return [UserError(code=error.code, message=message, field=path) for path in paths or [whole]]


def _values(named: Named) -> Iterator[tuple[list[str], str]]:
    for name, given in named.items():
        if isinstance(given, str):
            yield [name], given
        else:
            yield from (([name, str(place)], value) for place, value in enumerate(given))
