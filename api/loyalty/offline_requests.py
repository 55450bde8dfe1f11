"""What a till sends that had no connection: whom it wants to serve, and what it gave. Bounded, each row by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from domain.errors import InvalidInput
from ingest.parse import words_of

MAX_SNAPSHOT_ACCOUNTS = 100
"""Accounts of one snapshot for an offline till."""
MAX_OFFLINE_ROWS = 50
"""Redemptions that an offline till sends at once."""
MAX_SNAPSHOTS = 10
"""Snapshots that it sends along."""

MAX_SNAPSHOT = 65_536
"""Characters of a signed snapshot."""
MAX_OFFLINE_POINTS = 10_000
"""Points of one redemption of an offline till: as many as a programme can allow."""

T = TypeVar("T", bound=BaseModel)
_Account = Annotated[str, Field(min_length=1, max_length=200)]
_Store = Annotated[str, Field(min_length=1, max_length=200)]


class SnapshotRequest(BaseModel):
    """Accounts (cards, customer numbers or identifiers) of guests whom a store wants to serve."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    store: _Store
    accounts: tuple[_Account, ...] = Field(min_length=1, max_length=MAX_SNAPSHOT_ACCOUNTS)


class OfflineRequest(BaseModel):
    """Redemptions of a store's tills. `redemptions` are read one by one: see `offline_row`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    store: _Store
    snapshots: tuple[Annotated[str, Field(max_length=MAX_SNAPSHOT)], ...] = Field(default=(), max_length=MAX_SNAPSHOTS)
    redemptions: tuple[Any, ...] = Field(min_length=1, max_length=MAX_OFFLINE_ROWS)


class OfflineRow(BaseModel):
    """One redemption: `id` is the till's own. `snapshot` is the id of the one by which the till gave it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[!-~]{1,100}$")
    till: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    at: AwareDatetime = Field(ge=datetime(2000, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))
    account: _Account
    points: int = Field(ge=0, le=MAX_OFFLINE_POINTS, strict=True)
    reward: str | None = Field(default=None, max_length=64)
    snapshot: str | None = Field(default=None, max_length=64)


def snapshot_request(body: Any) -> SnapshotRequest:
    """Raises InvalidInput that names the field."""
    return _read(SnapshotRequest, body)


def offline_request(body: Any) -> OfflineRequest:
    """Raises InvalidInput that names the field."""
    return _read(OfflineRequest, body)


def offline_row(row: Any) -> OfflineRow:
    """Raises InvalidInput that names the field."""
    return _read(OfflineRow, row)


def _read(kind: type[T], body: Any) -> T:
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = "/".join(str(part) for part in first["loc"])
        raise InvalidInput(f"/{where} {words_of(first)}.") from None
