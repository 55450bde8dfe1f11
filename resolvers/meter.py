"""Charges an operation for its cost, once, before anything of it runs."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Protocol

from strawberry.extensions import SchemaExtension

from domain.errors import Throttled, TooLarge
from resolvers.costs import cost


@dataclass(frozen=True, slots=True)
class Level:
    """What is left in a caller's bucket, and how many seconds until it holds what was asked for: 0 if it was taken."""

    left: float
    wait: float = 0.0


class Bucket(Protocol):
    """What callers may spend: `size` at once, restored by `per_second`."""

    size: int
    per_second: int

    async def take(self, caller: str, cost: int) -> Level: ...


@dataclass(slots=True)
class Meter:
    """One request's meter. Without a bucket it counts and lets everything pass."""

    caller: str = ""
    bucket: Bucket | None = None
    most: int | None = None
    cost: int | None = None
    left: float | None = None

    async def charge(self, cost: int) -> None:
        """Raises TooLarge past the most of an operation, Throttled where the bucket holds less. Once only."""
        if self.cost is not None:
            return
        self.cost = cost
        if self.most is not None and cost > self.most:
            raise TooLarge(
                f"The operation costs {cost}, and {self.most} is the most.", hint="Ask for smaller pages, or for less."
            )
        if self.bucket is None:
            return
        level = await self.bucket.take(self.caller, cost)
        self.left = level.left
        if level.wait > 0:
            raise Throttled("You have spent what you may for now.", retry_after=math.ceil(level.wait))

    def shown(self) -> dict[str, Any] | None:
        """`extensions.cost`; None where nothing was charged."""
        if self.cost is None:
            return None
        shown: dict[str, Any] = {"requested": self.cost, "most": self.most}
        if self.bucket is not None and self.left is not None:
            shown |= {"left": int(self.left), "size": self.bucket.size, "restoredPerSecond": self.bucket.per_second}
        return shown


class Metered(SchemaExtension):
    """Charges what the ordinary executor is about to run."""

    async def on_execute(self) -> AsyncGenerator[None]:
        run = self.execution_context
        meter: Meter | None = getattr(run.context, "meter", None)
        if meter is not None and run.graphql_document is not None:
            schema = run.schema._schema  # pyright: ignore[reportPrivateUsage]
            await meter.charge(cost(schema, run.graphql_document, run.operation_name, run.variables))
        yield
