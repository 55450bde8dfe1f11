"""Brands and stores as the schema shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import strawberry

from resolvers.access.caller import GROUP_READ
from resolvers.kit.global_ids import Node, global_id
from resolvers.kit.requirements import protected
from resolvers.kit.row_fields import column


def _named(name: str | None, code: str) -> str:
    return name or code


def _brand_id(code: str) -> strawberry.ID:
    return global_id("Brand", code)


def _store_id(code: str) -> strawberry.ID:
    return global_id("Store", code)


@protected(GROUP_READ, whole=False, part=True)
@strawberry.federation.type(keys=["code"], description="A brand of the group.")
class Brand(Node):
    """`row` is [id, name]."""

    row: strawberry.Private[Sequence[Any]]
    id: strawberry.ID = column(0, by=_brand_id, description="Global id; opaque and lasting.")
    code: str = column(0, description="The group's own id of the brand, as events name it.")
    name: str = column(1, 0, by=_named, description="Name for people.")


@protected(GROUP_READ, whole=False, part=True)
@strawberry.federation.type(keys=["code"], description="A restaurant, shop or other place of business.")
class Store(Node):
    """`row` is [id, name, city, country, timezone, brand], brand that of a Brand or null."""

    row: strawberry.Private[Sequence[Any]]
    id: strawberry.ID = column(0, by=_store_id, description="Global id; opaque and lasting.")
    code: str = column(0, description="The group's own id of the store, as events name it.")
    name: str = column(1, 0, by=_named, description="Name for people.")
    city: str | None = column(2, description="City, where told.")
    country: str | None = column(3, description="ISO 3166 code, where told.")
    timezone: str | None = column(4, description="IANA name, such as Europe/Rome, where told.")
    brand: Brand | None = column(5, of=Brand, description="The brand it runs under.")
