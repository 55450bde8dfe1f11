"""Subscriptions as event streams, followed event by event; two services on one store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx
import pytest

from api.app import create_app
from graph.local import Running
from graph.store.database import connect
from tests.api.serving import KEY, served
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import Story
from tests.kit.waiting import LONG_S

EVERY_S = 0.1


@asynccontextmanager
async def services(story: Story, at: Running, count: int = 2) -> AsyncGenerator[list[str]]:
    """Services, each with a driver of its own. The story's own committer takes the events, as a further process."""

    @asynccontextmanager
    async def service() -> AsyncGenerator[str]:
        async with connect(story.settings, uri=at.bolt_uri, user=at.user, password=at.password) as database:
            app = create_app(
                story.settings.model_copy(update={"feed_every_s": EVERY_S, "environment": "production"}),
                parts=Story(database, story.settings).parts,
                sink=MemorySink(),
                quarantine=MemoryStore(),
                api_key=KEY,
            )
            async with served(app) as url:
                yield url

    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(service()) for _ in range(count)]


class Following:
    """One stream; `next` gives its next event, `silent` holds that none comes."""

    def __init__(self, lines: AsyncGenerator[Any]) -> None:
        self._lines = lines
        self._coming: asyncio.Task[Any] | None = None

    async def answer(self, within: float = LONG_S) -> Any:
        """The next answer, errors and all; None where the stream has ended. Raises TimeoutError."""
        self._coming = self._coming or asyncio.ensure_future(anext(self._lines, None))
        done, _ = await asyncio.wait({self._coming}, timeout=within)
        if not done:
            raise TimeoutError
        coming, self._coming = self._coming, None
        return coming.result()

    async def next(self) -> Any:
        [event] = (await self.answer())["data"].values()
        return event

    async def silent(self) -> None:
        with pytest.raises(TimeoutError):
            await self.answer(10 * EVERY_S)

    async def close(self) -> None:
        if self._coming is not None:
            self._coming.cancel()
            await asyncio.wait({self._coming})


@asynccontextmanager
async def following(url: str, query: str, *, key: str = KEY, **variables: Any) -> AsyncGenerator[Following]:
    async def read(answer: httpx.Response) -> AsyncGenerator[Any]:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))

    headers = {"x-api-key": key, "accept": "text/event-stream"}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S) as client,
        client.stream("POST", "/graphql", json={"query": query, "variables": variables}) as answer,
    ):
        stream = Following(read(answer))
        try:
            yield stream
        finally:
            await stream.close()
