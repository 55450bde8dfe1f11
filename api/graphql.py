"""The GraphQL view."""

from __future__ import annotations

from typing import Any

from starlette.routing import BaseRoute


def graphql_routes(*parts: Any) -> list[BaseRoute]:
    return []
