"""Brands and stores as the schema shows them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import strawberry

from resolvers.ids import Node, global_id


@strawberry.federation.type(keys=["code"], description="A brand of the group.")
class Brand(Node):
    code: str = strawberry.field(description="The group's own id of the brand, as events name it.")
    name: str = strawberry.field(description="Name for people.")

    @classmethod
    def of(cls, row: list[Any]) -> Brand:
        """From [id, name]."""
        return _brand(*row)

    @classmethod
    def told(cls, row: list[Any] | None) -> Brand | None:
        """The same, where there is one."""
        return _brand(*row) if row else None


@strawberry.federation.type(keys=["code"], description="A restaurant, shop or other place of business.")
class Store(Node):
    code: str = strawberry.field(description="The group's own id of the store, as events name it.")
    name: str = strawberry.field(description="Name for people.")
    city: str | None = strawberry.field(description="City, where told.")
    country: str | None = strawberry.field(description="ISO 3166 code, where told.")
    timezone: str | None = strawberry.field(description="IANA name, such as Europe/Rome, where told.")
    brand: Brand | None = strawberry.field(description="The brand it runs under.")

    @classmethod
    def of(cls, row: list[Any]) -> Store:
        """From [id, name, city, country, timezone, brand]."""
        *own, brand = row
        return _store(*own, *(brand or ()))

    @classmethod
    def told(cls, row: list[Any] | None) -> Store | None:
        """The same, where there is one."""
        return cls.of(row) if row else None


# A few brands and stores stand in very many answers, and nothing changes them there.
@lru_cache(1_000)
def _brand(code: str, name: str | None) -> Brand:
    return Brand(id=global_id("Brand", code), code=code, name=name or code)


@lru_cache(4_000)
def _store(
    code: str, name: str | None, city: str | None, country: str | None, timezone: str | None, *brand: Any
) -> Store:
    return Store(
        id=global_id("Store", code),
        code=code,
        name=name or code,
        city=city,
        country=country,
        timezone=timezone,
        brand=_brand(*brand) if brand else None,
    )
