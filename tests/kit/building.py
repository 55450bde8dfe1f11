"""The core put together by hand, as one process would: one vault and programme for all tests, any number of intakes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from domain.events import Event, event_adapter
from domain.settings import Settings
from graph.store.database import Database
from identity.claims import ClaimsReader
from identity.parts import IdentityParts
from identity.read_model import ReadModel
from ingest.commit import Committer
from ingest.intake import Intake, open_intake
from loyalty.programme.programme import programme
from loyalty.programme.programme_history import ProgrammeHistory
from loyalty.programme.programmes import Programmes
from matching.policy import Policies, default
from privacy.vault import Vault

VAULT_KEY = SecretStr("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")  # 32 bytes that everybody may know
VAULT = Vault(bytes(range(32)))
PROGRAMME_FILE = Path(__file__).with_name("programme.yaml")
PROGRAMME = programme(PROGRAMME_FILE)
PROGRAMMES = ProgrammeHistory(PROGRAMME)
READER = ClaimsReader(VAULT, default(), "US")


def settings_of(**changes: object) -> Settings:
    return Settings.model_validate({"vault_key": VAULT_KEY} | changes)


def parts_of(
    database: Database,
    policies: Policies | None = None,
    *,
    vault: Vault = VAULT,
    programmes: Programmes | None = None,
) -> IdentityParts:
    read_model = ReadModel(vault, "USD", programmes or Programmes(PROGRAMME))
    return IdentityParts(database, vault, policies or default(), read_model)


def committer_of(
    database: Database,
    policies: Policies | None = None,
    *,
    vault: Vault = VAULT,
    programmes: Programmes | None = None,
) -> Committer:
    return Committer(parts_of(database, policies, vault=vault, programmes=programmes))


@asynccontextmanager
async def intake_of(database: Database, **changes: object) -> AsyncGenerator[Intake]:
    """An intake as a process of its own would have it."""
    async with open_intake(committer_of(database), READER, settings_of(**changes)) as intake:
        yield intake


def read(events: Iterable[Mapping[str, Any]]) -> list[Event]:
    return [event_adapter.validate_python(event) for event in events]


async def has_bonuses(store: Database) -> None:
    """Has the store mark customers, as if a programme with bonuses were published."""
    await store.run_schema("MERGE (p:Programme {id: 'programme'}) SET p.bonuses = true")
