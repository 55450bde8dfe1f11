"""Connections: bounded pages of a sorted list; cursors hold the sort key and so stay true when rows come and go."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

import orjson
import strawberry

from domain.errors import InvalidInput
from resolvers.kit.global_ids import as_text
from resolvers.kit.row_fields import Read, read_as

R = TypeVar("R")
T = TypeVar("T")
DEFAULT_PAGE = 20
"""Rows of a page if the document names no number."""
MAX_PAGE = 100
"""Rows of a page, and objects that a gateway asks for at once."""
CURSORS = ("cursor", "startCursor", "endCursor")
"""The fields that tell a sort key."""

First: TypeAlias = Annotated[int | None, strawberry.argument(description="Rows from the front: 1 to 100, else 20.")]
After: TypeAlias = Annotated[str | None, strawberry.argument(description="With first: only rows after this cursor.")]
Last: TypeAlias = Annotated[int | None, strawberry.argument(description="Rows from the end: 1 to 100.")]
Before: TypeAlias = Annotated[str | None, strawberry.argument(description="With last: only rows before this cursor.")]
Since: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Cursor of the last event that was seen; else from now on.")
]

SortKey: TypeAlias = Callable[[Any], tuple[Any, ...]]
"""Tells the sort key of a row."""


def _start(self: PageInfo) -> str | None:
    return sealed(self.key(self.rows[0])) if self.rows else None


def _end(self: PageInfo) -> str | None:
    return sealed(self.key(self.rows[-1])) if self.rows else None


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    rows: strawberry.Private[Sequence[Any]]
    key: strawberry.Private[SortKey]
    has_next_page: bool = strawberry.field(description="Whether rows follow.")
    has_previous_page: bool = strawberry.field(description="Whether rows come before.")
    start_cursor: str | None = strawberry.field(resolver=_start, description="Cursor of the first row.")
    end_cursor: str | None = strawberry.field(resolver=_end, description="Cursor of the last row.")


def _cursor(self: Edge[Any]) -> str:
    return sealed(self.key(self.row))


def _node(self: Edge[Any]) -> Any:
    return self.of(self.row)


@strawberry.type(description="A row of a page.")
class Edge(Generic[T]):
    """`of` makes the object of the row: where that is its row and nothing else, it has to be the type itself."""

    row: strawberry.Private[Any]
    key: strawberry.Private[SortKey]
    of: strawberry.Private[Callable[[Any], Any]]
    cursor: str = strawberry.field(resolver=_cursor, description="Pass it as `after` or `before`.")
    node: T = read_as(Read(row=True), _node, description="The object.")


def edges(self: Connection[T]) -> list[Edge[T]]:
    """The rows of a page as edges."""
    return [Edge(row=row, key=self.key, of=self.of) for row in self.row]


@strawberry.type(description="A page of a sorted list.")
class Connection(Generic[T]):
    """`row` are the rows of the page, in the list's order; `key` and `of` are those of its edges."""

    row: strawberry.Private[list[Any]]
    key: strawberry.Private[SortKey]
    of: strawberry.Private[Callable[[Any], Any]]
    edges: list[Edge[T]] = read_as(Read(each=True), edges, description="The rows, in the list's order.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in its list.")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page that was asked for: `size` rows after (or, with `back`, before) the sort key `edge`."""

    size: int
    back: bool = False
    edge: tuple[Any, ...] | None = None

    @classmethod
    def of(
        cls,
        key: tuple[type, ...],
        *,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> PageRequest:
        """Reads a connection's arguments; `key` gives the types of its sort key. Raises InvalidInput."""
        if first is not None and last is not None:
            raise InvalidInput("Give first or last, not both.")
        back = last is not None
        if (back and after is not None) or (not back and before is not None):
            raise InvalidInput("`after` goes with first, `before` with last.")
        size = first if first is not None else last if last is not None else DEFAULT_PAGE
        if not 1 <= size <= MAX_PAGE:
            raise InvalidInput(f"A page has 1 to {MAX_PAGE} rows.")
        cursor = before if back else after
        return cls(size, back, None if cursor is None else _opened(cursor, key))

    @property
    def fetch(self) -> int:
        """How many rows to read: one more, which tells whether there are more."""
        return self.size + 1

    def cut(self, rows: Sequence[R], key: Callable[[R], tuple[Any, ...]], of: Callable[[R], T]) -> Connection[T]:
        """The page of what `of` makes of rows, in the list's order, from rows read from the edge outwards."""
        more = len(rows) > self.size
        kept = list(rows[: self.size])
        if self.back:
            kept.reverse()
        info = PageInfo(
            rows=kept,
            key=key,
            has_next_page=self.edge is not None if self.back else more,
            has_previous_page=more if self.back else self.edge is not None,
        )
        return Connection(row=kept, key=key, of=of, page_info=info)


def sealed(key: tuple[Any, ...]) -> str:
    return as_text(orjson.dumps(key))


def _opened(cursor: str, key: tuple[type, ...]) -> tuple[Any, ...]:
    try:
        values = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        values = None
    # An integer must also fit Neo4j's 64 bits.
    if (
        not isinstance(values, list)
        or [type(value) for value in values] != list(key)
        or any(isinstance(value, int) and abs(value) >= 2**62 for value in values)
    ):
        raise InvalidInput("This is no cursor of this list.", hint="Pass a `cursor` as this connection gave it.")
    return tuple(values)
