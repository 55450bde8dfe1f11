"""The core put together by hand, as one process would: one vault and programme for all tests, any number of intakes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from domain.events import Event, event_adapter
from domain.settings import Settings
from graph.store.database import Database
from ingest.claims import Reader
from ingest.commit import Committer
from ingest.golden import ReadModel
from ingest.intake import Intake, open_intake
from loyalty.earn import programme
from matching.policy import default
from matching.resolve import Guards
from privacy.vault import Vault

VAULT_KEY = SecretStr("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")  # 32 bytes that everybody may know
VAULT = Vault(bytes(range(32)))
READER = Reader(VAULT, default(), "US")


def settings_of(**changes: object) -> Settings:
    return Settings.model_validate({"vault_key": VAULT_KEY} | changes)


def committer_of(database: Database) -> Committer:
    rules = programme(None)
    return Committer(database, VAULT, default(), ReadModel(VAULT, "USD", rules.tier), rules.points, Guards.ON)


@asynccontextmanager
async def intake_of(database: Database, **changes: object) -> AsyncGenerator[Intake]:
    """An intake as a process of its own would have it."""
    async with open_intake(committer_of(database), READER, settings_of(**changes)) as intake:
        yield intake


def read(events: Iterable[Mapping[str, Any]]) -> list[Event]:
    return [event_adapter.validate_python(event) for event in events]
