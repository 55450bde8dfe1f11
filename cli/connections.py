"""How long a connection stays with the worker that took it."""

from __future__ import annotations

import asyncio
import random

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_LASTS_S = 30.0


class Passing(HttpToolsProtocol):
    """A connection that ends with an answer that says so, once it has lasted for half a minute or so.

    Its caller connects again and comes to whichever worker is free. Otherwise callers who keep their connections would
    all stay with the workers that outlived another, and none would come to the one that took its place.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._until = self.loop.time() + _LASTS_S * random.uniform(0.5, 1.5)  # noqa: S311 (not all at once)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.cycle and self.loop.time() > self._until:  # an upgrade begins none
            self.cycle.keep_alive = False
