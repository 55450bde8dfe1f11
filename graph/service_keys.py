"""Service keys in the store: the hash of a secret, its scopes and limits, and its expiry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import NotFound
from graph.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class ServiceKeys:
    """The service keys of one database."""

    database: Database

    async def find(self, id_: str) -> Row | None:
        """A row of `service_keys/find`. Raises Unavailable."""
        rows = await self.database.read("service_keys/find", id=id_)
        return rows[0] if rows else None

    async def all(self) -> list[Row]:
        """Rows of `service_keys/list`. Raises Unavailable."""
        return await self.database.read("service_keys/list")

    async def whole(self) -> list[Row]:
        """Every key as it is stored, with its hashes. Raises Unavailable."""
        return [row["key"] for row in await self.database.read("service_keys/whole")]

    async def put_back(self, keys: Sequence[Row]) -> None:
        """Stores keys again that `whole` gave, each to wait for `confirm`; others stay as they are.

        Raises Unavailable.
        """
        await self.database.write_one("service_keys/put_back", rows=keys)

    async def create(
        self,
        id_: str,
        *,
        name: str,
        hash_: str,
        scopes: Sequence[str],
        brands: Sequence[str] | None,
        sources: Sequence[str] | None,
        stores: Sequence[str] | None,
        expires_at: datetime | None,
    ) -> None:
        """Stores a key; None means no limit. Raises Unavailable."""
        limits = {"brands": brands, "sources": sources, "stores": stores}
        props = {"name": name, "hash": hash_, "scopes": sorted(scopes)}
        props |= {name: sorted(values) for name, values in limits.items() if values is not None}
        expires = expires_at.isoformat() if expires_at else None
        await self.database.write_one("service_keys/create", id=id_, props=props, expiresAt=expires)

    async def rotate(self, id_: str, hash_: str, *, overlap_s: int) -> None:
        """Replaces the secret; the former one works for `overlap_s` more. Raises NotFound, Unavailable."""
        if not await self.database.write_one("service_keys/rotate", id=id_, hash=hash_, overlap=overlap_s):
            raise NotFound("There is no such key, or it is revoked.", hint="`regulars keys list` shows all.")

    async def revoke(self, id_: str) -> None:
        """Ends the key for good. Raises NotFound, Unavailable."""
        if not await self.database.write_one("service_keys/revoke", id=id_):
            raise NotFound("There is no such key.", hint="`regulars keys list` shows all.")

    async def hold(self) -> None:
        """Every key that is not revoked waits for `confirm` from now on. Raises Unavailable."""
        await self.database.write_one("service_keys/hold")

    async def confirm(self, ids: Sequence[str] | None) -> list[Row]:
        """These keys work again, or all that wait: id, name of those that waited. Raises Unavailable."""
        return await self.database.write_one("service_keys/confirm", ids=None if ids is None else list(ids))

    async def used(self, id_: str) -> None:
        """Notes that the key was used. Raises Unavailable."""
        await self.database.write_one("service_keys/used", id=id_)
