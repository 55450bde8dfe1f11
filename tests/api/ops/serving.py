"""The service without a server, for what operators ask of it."""

from __future__ import annotations

import httpx
from starlette.types import ASGIApp

from api.app import create_app
from domain.settings import Settings
from graph.store.database import Database
from tests.kit.building import parts_of
from tests.kit.memory import MemorySink, MemoryStore

SETTINGS = Settings()  # pyright: ignore[reportCallIssue]


def app_over(database: Database) -> ASGIApp:
    """The whole service over a store, with the key "k"."""
    return create_app(
        SETTINGS,
        parts=parts_of(database),
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key="k",
    )


def client_of(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars")
