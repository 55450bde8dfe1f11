"""Charges an operation for its cost, once, before anything of it runs, and a refused document for being read."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from domain.errors import Throttled, TooLarge
from resolvers.bounds.costs import cost

REFUSED = 100
"""Cost of a refused document: it cannot be parsed, does not fit the schema, exceeds a limit, or costs more than one
operation may. To read and check it takes about the time of so many objects."""

MISS = 1_000
"""Cost of a look-up by e-mail, phone, card, device or a record's id that finds nobody, and of a search by these."""


ANEW = 100
"""Cost of planning a known document anew, because it came with more page sizes and switches than are remembered. That
takes about the time of so many objects."""


@dataclass(frozen=True, slots=True)
class BucketLevel:
    """What is left in a caller's bucket. `wait`: seconds until it holds the cost asked for, 0 if that was taken."""

    left: float
    wait: float = 0.0


class Bucket(Protocol):
    """What callers may spend: `size` at once, restored by `per_second`."""

    size: int
    per_second: int

    async def take(self, caller: str, cost: int) -> BucketLevel: ...


@dataclass(slots=True)
class Budget:
    """One request's meter. Without a bucket it counts, and refuses only what is above `most`."""

    caller: str = ""
    bucket: Bucket | None = None
    most: int | None = None
    cost: int | None = None
    left: float | None = None

    async def charge(self, cost: int) -> None:
        """Takes the cost of an operation, once. Raises TooLarge above `most`, Throttled if the bucket holds less."""
        if self.cost is not None:
            return
        self.cost = cost
        if self.most is not None and cost > self.most:
            await self.refuse()
            raise TooLarge(
                f"The operation costs {cost}, and {self.most} is the most.", hint="Ask for smaller pages, or for less."
            )
        await self._take(cost)

    async def refuse(self) -> None:
        """Takes the cost of a refused document, at most a whole bucket. Raises Throttled if the bucket holds less."""
        if self.bucket is not None:
            await self._take(min(REFUSED, self.bucket.size))

    async def miss(self) -> None:
        """Takes the cost of a look-up that found nobody, beside that of its operation. Raises Throttled."""
        await self._more(MISS)

    async def planned_anew(self) -> None:
        """Takes the cost of planning a document anew, beside that of its operation. Raises Throttled."""
        await self._more(ANEW)

    async def _more(self, cost: int) -> None:
        self.cost = (self.cost or 0) + cost
        if self.bucket is not None:
            await self._take(min(cost, self.bucket.size))

    async def _take(self, cost: int) -> None:
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


class Budgeted(SchemaExtension):
    """Charges an operation before the ordinary executor runs it, and a document that is refused. It comes after the
    extensions that validate."""

    @property
    def _meter(self) -> Budget | None:
        return getattr(self.execution_context.context, "meter", None)

    async def on_operation(self) -> AsyncGenerator[None]:
        try:
            yield
        except Exception:  # a document that cannot be parsed, or names no operation that may run
            if self._meter is not None and self._meter.cost is None:
                await self._meter.refuse()
            raise

    async def on_validate(self) -> AsyncGenerator[None]:
        run = self.execution_context
        if self._meter is not None and run.pre_execution_errors:
            try:
                await self._meter.refuse()
            except Throttled as error:
                run.pre_execution_errors = [GraphQLError(error.message, original_error=error)]
        yield

    async def on_execute(self) -> AsyncGenerator[None]:
        run = self.execution_context
        if self._meter is not None and run.graphql_document is not None:
            schema = run.schema._schema  # pyright: ignore[reportPrivateUsage]
            await self._meter.charge(cost(schema, run.graphql_document, run.operation_name, run.variables))
        yield
