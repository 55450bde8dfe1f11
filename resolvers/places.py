"""Brands and stores as the schema shows them."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.ids import Node, global_id


@strawberry.type(description="A brand of the group.")
class Brand(Node):
    code: str = strawberry.field(description="The group's own id of the brand, as events name it.")
    name: str = strawberry.field(description="Name for people.")

    @classmethod
    def of(cls, row: list[Any]) -> Brand:
        """From [id, name]."""
        return cls(id=global_id("Brand", row[0]), code=row[0], name=row[1] or row[0])


@strawberry.type(description="A restaurant, shop or other place of business.")
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
        code, name, city, country, timezone, brand = row
        return cls(
            id=global_id("Store", code),
            code=code,
            name=name or code,
            city=city,
            country=country,
            timezone=timezone,
            brand=Brand.of(brand) if brand else None,
        )
