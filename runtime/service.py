"""Builds the parts of one process: store, vault, policies, programme, intake. All other code receives them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.segment_com.messages import raw_reader
from domain.errors import SetupError
from domain.settings import Settings
from graph.local import LocalNeo4j
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from graph.unbooked_entries import book_left_behind
from identity.claims import ClaimsReader
from identity.parts import IdentityParts
from identity.read_model import ReadModel
from ingest.commit import Committer
from ingest.intake import Intake, open_intake
from ingest.quarantine import Quarantine
from loyalty.earning.bonus_booking import BonusBooking
from loyalty.programme.programme import programme
from loyalty.programme.programmes import Programmes
from matching import survivorship
from matching.policy import Policies, default, parse
from matching.resolve import Guards
from matching.scoring import Model, default_model, parse_model
from matching.survivorship import Survivorship
from privacy.vault import open_vault
from runtime.journal import refusals_kept


@dataclass(frozen=True, slots=True)
class Service:
    """The running parts. `database` is migrated and `intake` is writing."""

    settings: Settings
    database: Database
    parts: IdentityParts
    committer: Committer
    reader: ClaimsReader
    intake: Intake
    quarantine: Quarantine
    bonuses: BonusBooking


def policies_of(settings: Settings) -> Policies:
    """The configured identifier policies and model, or the built-in ones. Raises SetupError."""
    text = _text(settings.identity_config, "REGULARS_IDENTITY_CONFIG")
    policies = default() if text is None else parse(text)
    return replace(policies, model=model_of(settings))


def model_of(settings: Settings) -> Model:
    """The configured model, or the built-in one. Raises SetupError."""
    text = _text(settings.identity_model, "REGULARS_IDENTITY_MODEL")
    return default_model() if text is None else parse_model(text)


def survivorship_of(settings: Settings) -> Survivorship:
    """The configured survivorship rules, or the built-in ones. Raises SetupError."""
    text = _text(settings.golden_config, "REGULARS_GOLDEN_CONFIG")
    return survivorship.default() if text is None else survivorship.parse(text)


def _text(path: Path | None, variable: str) -> str | None:
    try:
        return None if path is None else path.read_text("utf-8")
    except OSError as error:
        raise SetupError(
            f"The file that {variable} names cannot be read: {error.strerror}.", hint=f"Check {variable}."
        ) from None


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncGenerator[Database]:
    """The configured Neo4j, or the running embedded one of this project. Raises SetupError where neither runs."""
    room = None
    if settings.neo4j_uri is not None:
        password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
        uri, user = settings.neo4j_uri, settings.neo4j_user
    else:
        local = LocalNeo4j(settings)
        running, room = local.status(), local.require_reserve
        if running is None:
            raise SetupError(
                "No Neo4j is running for this project.",
                hint="Run `regulars neo4j start`, or set REGULARS_NEO4J_URI to a Neo4j of your own.",
            )
        uri, user, password = running.bolt_uri, running.user, running.password
    async with connect(settings, uri=uri, user=user, password=password, room=room) as database:
        yield database


@asynccontextmanager
async def open_service(settings: Settings, *, guards: Guards = Guards.ON) -> AsyncGenerator[Service]:
    """All parts that accept and serve guests, on a migrated store. `guards` OFF is for measurements only."""
    vault, policies = open_vault(settings), policies_of(settings)
    programmes = Programmes(programme(settings.loyalty_config))
    golden = survivorship_of(settings)
    async with open_database(settings) as database:
        await database.ready()
        await migrate(database)
        await book_left_behind(database)
        reader = ClaimsReader(vault, policies, settings.default_region)
        read_model = ReadModel(vault, settings.currency, programmes, golden)
        parts = IdentityParts(database, vault, policies, read_model, guards)
        await programmes.refresh(database)
        committer, bonuses = Committer(parts), BonusBooking(parts)
        async with open_intake(committer, reader, settings, refusals_kept(settings, vault)) as intake:
            brands = settings.source_brands
            segment = raw_reader(settings.currency, brands)
            quarantine = Quarantine(database, vault, readers={"segment": segment}, brands=brands)
            yield Service(settings, database, parts, committer, reader, intake, quarantine, bonuses)
