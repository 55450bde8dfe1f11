"""The journal: what a store accepted, in files beside it, so that a restore loses a minute at most.

A backup is as old as its dump. The journal has what came after it: events, agents' decisions, redemptions and refused
events, each once, and the service keys, segments and versions of the programme whenever they have changed. Whatever may
name a person is sealed, as in the store.

One process writes. Every few seconds it asks the store for what was committed until a while ago. An event bears the
time at which its transaction wrote it, and no transaction outlasts the timeout of a statement: what is older than that
is complete, whichever process wrote it.

A guest's refusal of consent does not wait for that look: the process that commits it writes it before it answers.
"""

from __future__ import annotations

import asyncio
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from domain.errors import RegularsError, SetupError, Unavailable
from domain.log import logger
from domain.settings import Settings
from graph.decision_log import DecisionLog
from graph.history import History
from graph.segments import Segments
from graph.service_keys import ServiceKeys
from graph.store.database import Database, Row
from identity.claims import Claims, ClaimsReader
from identity.decisions.replay import LoggedDecision
from ingest.commit import Committer
from ingest.intake import KeepRefusals
from ingest.rebuild import Rebuilt, rebuild
from loyalty.programme.programme_editing import ProgrammeEditing, PublishedVersion
from loyalty.programme.programmes import programmes_of
from privacy.vault import Vault
from runtime.journal_files import JournalFiles, Position

EVERY_S = 10.0
"""Seconds between two looks at the store."""
_CLOCKS_DIFFER_S = 5.0
_AT_ONCE = 500
_SEGMENTS = "journal|segments"
_PROGRAMME = "journal|programme"
_log = logger(__name__)


def journal_of(settings: Settings) -> JournalFiles:
    """The journal of these settings."""
    return JournalFiles(settings.journal_dir or settings.state_dir / "journal")


@asynccontextmanager
async def kept(database: Database, vault: Vault, settings: Settings) -> AsyncGenerator[None]:
    """Keeps the journal meanwhile, unless the settings want none."""
    keeping = asyncio.create_task(_keep(database, vault, settings)) if settings.journal_days else None
    try:
        yield
    finally:
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)


async def _keep(database: Database, vault: Vault, settings: Settings) -> None:
    """Keeps it until it is cancelled. Another process may keep it already: then this one waits to take over."""
    files = journal_of(settings)
    while True:
        with files.lock() as mine:
            if mine:
                await Keeper(database, vault, files, settings).run()
        await asyncio.sleep(EVERY_S)


def refusals_kept(settings: Settings, vault: Vault) -> KeepRefusals | None:
    """Writes refusals of consent into the journal of these settings; None where they want none."""
    if not settings.journal_days:
        return None
    files = journal_of(settings)

    async def keep(refusals: Sequence[Claims]) -> None:
        now = datetime.now(UTC)
        events = [[one.event, _text(vault.seal_compact(one.event, one.content))] for one in refusals]
        try:
            await asyncio.to_thread(files.append_refusals, [{"at": now.isoformat(), "events": events}], now.date())
        except (OSError, SetupError) as error:
            raise Unavailable(
                "The journal cannot be written, and a refusal of consent must be in it.",
                hint="Check the disk of REGULARS_JOURNAL_DIR, then send the events again.",
            ) from error

    return keep


@dataclass(slots=True)
class Keeper:
    """The one process that writes."""

    database: Database
    vault: Vault
    files: JournalFiles
    settings: Settings
    position: Position | None = None
    """Up to where the journal is complete, once this process knows it: a file of it is long to read."""
    kept: Any = None
    """The keys and segments as they were written last."""
    version: int = 0
    """The newest version of the programme that this process has written."""

    async def run(self) -> None:
        while True:
            try:
                await self.look(datetime.now(UTC))
            except (RegularsError, OSError) as error:  # the next look catches up
                _log.warning("journal.failed", fault=type(error).__name__)
            await asyncio.sleep(EVERY_S)

    async def look(self, now: datetime) -> None:
        """Appends all that is complete by now. Raises Unavailable, OSError."""
        complete = now - timedelta(seconds=self.settings.query_timeout_s + _CLOCKS_DIFFER_S)
        # A journal begins with what comes from now on: what was before is in the first backup.
        before = self.position or await asyncio.to_thread(self.files.position) or Position(complete.isoformat())
        entries, decision = list[Any](), before.decision
        async for entry in self._entries(before, complete):
            entries.append(entry)
            decision = entry["decision"]["id"] if "decision" in entry else decision
            if len(entries) == _AT_ONCE:
                await asyncio.to_thread(self.files.append, entries)
                entries = []
        small = {"keys": await ServiceKeys(self.database).whole(), "segments": await Segments(self.database).all()}
        if small != self.kept:
            sealed = _text(self.vault.seal(_SEGMENTS, small["segments"]))
            entries.append({"keys": small["keys"], "segments": sealed})
        for version in await ProgrammeEditing(self.database).versions(after=self.version):
            entries.append({"programme": _text(self.vault.seal(_PROGRAMME, asdict(version)))})
            self.version = version.version
        position = Position(complete.isoformat(), decision)
        await asyncio.to_thread(self.files.append, entries, position)
        self.position, self.kept = position, small
        await asyncio.to_thread(self.files.forget, now - timedelta(days=self.settings.journal_days))

    async def _entries(self, before: Position, complete: datetime) -> AsyncIterator[dict[str, Any]]:
        """What came after a position and is complete."""
        history, until = History(self.database), complete.isoformat()
        async for at, rows in history.commits(before.until, until):
            yield {"at": at, "events": [[row["key"], _text(row["sealed"])] for row in rows]}
        async for row in DecisionLog(self.database).all(above=before.decision):
            logged = LoggedDecision.of_row(row)
            if logged.at > complete:
                break
            yield {"decision": logged.model_dump(mode="json")}
        async for rows in history.redemptions(before.until, until):
            yield {"redemptions": rows}
        async for row in history.refused(before.until, until):
            yield {"refused": row["row"] | {"receivedAt": row["at"], "sealed": _text(row["row"]["sealed"])}}


async def put_back(files: JournalFiles, since: datetime, committer: Committer, reader: ClaimsReader) -> Rebuilt:
    """Gives a restored store what the journal has from that time on; what the store has already changes nothing.

    Raises Unavailable, or SetupError where the vault's key is another.
    """
    database, vault = committer.parts.database, committer.parts.vault

    async def commits() -> AsyncIterator[tuple[str, list[Row]]]:
        # Refusals last: those of the last seconds are in no other file, and the others are known by then.
        for entry in chain(_since(files.entries(), since), _since(files.refusals(), since)):
            yield entry["at"], [{"key": key, "sealed": _bytes(sealed)} for key, sealed in entry["events"]]

    async def decisions() -> AsyncIterator[LoggedDecision]:
        for entry in files.entries():
            if "decision" in entry:
                yield LoggedDecision.model_validate(entry["decision"])

    async def redemptions() -> AsyncIterator[list[Row]]:
        for entry in files.entries():
            if "redemptions" in entry:
                yield entry["redemptions"]

    last: dict[str, Any] = {}
    versions: dict[int, PublishedVersion] = {}
    for entry in files.entries():
        if "keys" in entry:
            last = entry
        if "programme" in entry:
            version = PublishedVersion(**vault.open(_PROGRAMME, b64decode(entry["programme"])))
            versions[version.version] = version
    # Before the orders, which earn by them.
    await ProgrammeEditing(database).put_back([versions[number] for number in sorted(versions)])
    await programmes_of(committer.parts.read_model).refresh(database)
    done = Rebuilt()
    async for so_far in rebuild(commits(), decisions(), redemptions(), committer, reader):
        done = so_far
    for entry in files.entries():
        if "refused" in entry:
            await database.write_one("quarantine/put", rows=[_refused(entry["refused"])])
    if last:
        await ServiceKeys(database).put_back(last["keys"])
        await Segments(database).put_back(vault.open(_SEGMENTS, b64decode(last["segments"])))
    return done


def _since(entries: Iterable[dict[str, Any]], since: datetime) -> Iterable[dict[str, Any]]:
    return (e for e in entries if "events" in e and datetime.fromisoformat(e["at"]) >= since)


def _refused(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"receivedAt": datetime.fromisoformat(row["receivedAt"]), "sealed": _bytes(row["sealed"])}


def _text(sealed: bytes | None) -> str | None:
    return None if sealed is None else b64encode(sealed).decode()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else b64decode(text)
