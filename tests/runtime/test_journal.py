"""What a store accepted is in the journal soon, once and sealed, and makes an older store the same again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.kit.random_agent import Agent
from bench.kit.wipe import wipe
from domain.errors import Unavailable
from domain.settings import Settings
from graph.segments import Segments
from graph.service_keys import ServiceKeys
from graph.store.database import Database
from ingest.delivery import EventRefusal
from ingest.intake import open_intake
from ingest.quarantine import Quarantine
from ingest.rebuild import Rebuilt
from runtime import journal
from runtime.journal import journal_of, kept, put_back, refusals_kept
from runtime.journal_files import JournalFiles
from tests.kit.building import READER, VAULT, committer_of, intake_of, parts_of, read, settings_of
from tests.kit.hard_cases import hard_events
from tests.kit.invariants import invariants
from tests.kit.snapshot import difference

pytestmark = pytest.mark.neo4j
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(state_dir=tmp_path)


@pytest.fixture
def files(settings: Settings) -> Iterator[JournalFiles]:
    files = journal_of(settings)
    with files.lock() as mine:
        assert mine
        yield files


async def look(store: Database, settings: Settings, now: datetime = LATER) -> None:
    keeper = journal.Keeper(store, VAULT, journal_of(settings), settings)
    await keeper.look(now)


async def restored(store: Database, files: JournalFiles) -> Rebuilt:
    return await put_back(files, datetime.min.replace(tzinfo=UTC), committer_of(store), READER)


async def test_a_restored_store_gets_back_what_came_after(
    store: Database, settings: Settings, files: JournalFiles
) -> None:
    await look(store, settings, datetime(2020, 1, 1, tzinfo=UTC))  # the journal begins
    events = read(hard_events())
    async with intake_of(store) as intake:
        await intake.submit(events)
    agent = Agent(parts_of(store), random.Random(3))
    for _ in range(12):
        await agent.decide()
    await Quarantine(store, VAULT).put([EventRefusal({"phone": "+12125550142"}, "/type", "no such type")])
    keys, segments = ServiceKeys(store), Segments(store)
    for id_ in ("k-1", "k-2"):
        await keys.create(
            id_, name=id_, hash_="h", scopes=["a"], brands=None, sources=["s"], stores=None, expires_at=None
        )
    await segments.create("s-1", "Regulars", "{}")
    await look(store, settings, LATER)
    await keys.revoke("k-1")
    await look(store, settings, LATER + timedelta(seconds=10))
    expected, stored = await invariants(store, VAULT), (await keys.whole(), await segments.all())
    text = b"".join(file.read_bytes() for file in files.folder.glob("*.ndjson"))
    assert not any(value in text for value in (b"2125550142", b"@", b"Regulars"))

    await wipe(store)
    await segments.create("s-2", "Of an older dump", "{}")
    done = await restored(store, files)
    assert (done.events, done.decisions, done.refused) == (len(events), len(agent.taken), 0)
    assert not difference(expected, await invariants(store, VAULT))
    back = await keys.whole()
    assert [row["id"] for row in back if row["heldAt"]] == ["k-2"]  # what is revoked stays so, the others wait
    assert ([row | {"heldAt": None} for row in back], await segments.all()) == stored
    assert [row["id"] for row in await keys.confirm(None)] == ["k-2"]
    assert [entry.reason for entry in await Quarantine(store, VAULT).list()] == ["no such type"]
    assert (await restored(store, files)).events == 0
    assert not difference(expected, await invariants(store, VAULT))


async def test_each_event_is_written_once_and_late_commits_are_not_missed(
    store: Database, settings: Settings, files: JournalFiles
) -> None:
    await look(store, settings, datetime(2020, 1, 1, tzinfo=UTC))
    committer = committer_of(store)
    claims = [READER.claims(event) for event in read(hard_events())]
    now = datetime.now(UTC)
    await committer.commit(claims[:5], at=now - timedelta(minutes=5))
    await look(store, settings, now)
    # Another process began before that look and is done after it: its time is one that no look has passed.
    await committer.commit(claims[5:9], at=now - timedelta(seconds=settings.query_timeout_s))
    await look(store, settings, now)
    assert len(written(files)) == 5
    await look(store, settings, now + timedelta(minutes=1))
    assert sorted(written(files)) == sorted({claim.event for claim in claims[:9]})


async def test_a_look_that_fails_is_made_up_for(
    store: Database, settings: Settings, files: JournalFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    await look(store, settings, datetime(2020, 1, 1, tzinfo=UTC))
    await committer_of(store).commit([READER.claims(event) for event in read(hard_events())])

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(JournalFiles, "append", full)
        with pytest.raises(OSError, match="space"):
            await look(store, settings)
    await look(store, settings)
    assert len(set(written(files))) == len(hard_events())


async def test_the_service_keeps_it_until_it_stops(
    store: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = asyncio.Event()
    append = JournalFiles.append

    def noted(files: JournalFiles, *entries: Any) -> None:
        append(files, *entries)
        loop.call_soon_threadsafe(written.set)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(JournalFiles, "append", noted)
    async with kept(store, VAULT, settings):
        await written.wait()
    assert journal_of(settings).position() is not None
    with journal_of(settings).lock() as free:
        assert free


async def test_a_refusal_of_consent_is_kept_before_it_is_answered(store: Database, settings: Settings) -> None:
    refusals = read([consent(granted=False), consent(granted=True, purpose="email")])
    committer, keep = committer_of(store), refusals_kept(settings, VAULT)
    async with open_intake(committer, READER, settings, keep) as intake:
        await intake.submit(refusals)
        files = journal_of(settings)
        assert [key for entry in files.refusals() for key, _ in entry["events"]] == [READER.claims(refusals[0]).event]
    expected = await invariants(store, VAULT)

    await wipe(store)
    assert (await restored(store, files)).events == 1
    await committer.commit([READER.claims(refusals[1])])
    assert not difference(expected, await invariants(store, VAULT))
    assert (await restored(store, files)).events == 0


async def test_a_refusal_that_cannot_be_kept_is_not_acknowledged(
    store: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    refusals = read([consent(granted=False)])
    async with open_intake(committer_of(store), READER, settings, refusals_kept(settings, VAULT)) as intake:
        with monkeypatch.context() as patched:
            patched.setattr(JournalFiles, "append_refusals", full)
            with pytest.raises(Unavailable, match="journal"):
                await intake.submit(refusals)
        # The store has it by now, and its sender does not know: it is sent again, and kept.
        assert [outcome.status for outcome in await intake.submit(refusals)] == ["duplicate"]
    assert len(list(journal_of(settings).refusals())) == 1


def consent(*, granted: bool, purpose: str = "sms") -> dict[str, Any]:
    return {
        "type": "consent.changed",
        "messageId": f"{purpose}-{granted}",
        "source": "web",
        "at": "2026-03-01T12:00:00Z",
        "subject": {"id": "guest"},
        "consent": {"purpose": purpose, "granted": granted},
    }


async def test_no_days_no_journal(store: Database, settings: Settings) -> None:
    without = settings.model_copy(update={"journal_days": 0})
    async with kept(store, VAULT, without):
        await asyncio.sleep(0.05)
    assert refusals_kept(without, VAULT) is None
    assert not journal_of(settings).folder.exists()


def written(files: JournalFiles) -> list[str]:
    return [key for entry in files.entries() for key, _ in entry.get("events", ())]
