"""Types whose objects are rows, for tests of what a selection takes of them."""

from __future__ import annotations

from typing import Any

import strawberry

from resolvers.kit.row_fields import column, reads


@strawberry.type
class Town:
    row: strawberry.Private[Any]
    name: str = column("name", description="Its name.")


@strawberry.type
class Shop:
    row: strawberry.Private[Any]
    code: str = column("code", description="Its code.")
    label: str = column("code", "title", by=lambda code, title: f"{code} {title}", description="Both.")
    town: Town | None = column("town", of=Town, description="Where it is.")

    @reads("opened", description="Its year.")
    def year(self) -> str:
        return self.row["opened"][:4]

    @reads(description="What costs no column.")
    def kind(self) -> str:
        return "shop"
