"""The end of the audit chain is noted beside the store, and what is done to the chain afterwards is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.settings import Settings
from graph.store.database import Database
from privacy.audit_log import AuditLog, Entry
from runtime.audit_ends import AuditEnds, ends_of, verified
from tests.kit.building import VAULT, settings_of


def entry(actor: str) -> Entry:
    return Entry("2026-03-01T12:00:00.123456+00:00", actor, "staff", "read", ("emails",))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_of(state_dir=tmp_path / "state")


@pytest.fixture
def ends(settings: Settings) -> AuditEnds:
    return ends_of(settings)


def test_the_last_whole_line_counts_and_lines_are_only_added(ends: AuditEnds) -> None:
    assert ends.last() is None
    ends.note("0:")
    assert not ends.file.exists()
    for end in ("1:a", "2:b", "2:b"):
        ends.note(end)
    assert [line.partition(" ")[2] for line in ends.file.read_text().splitlines() if line] == ["1:a", "2:b"]
    assert ends.file.stat().st_mode & 0o777 == 0o600
    with ends.file.open("a") as file:
        file.write("2026-01-01T00:00:00+00:00 3:")  # a crash
    assert ends.last() == "2:b"
    ends.note("4:d")
    assert ends.last() == "4:d"


@pytest.mark.neo4j
async def test_what_was_cut_off_or_written_anew_is_seen_by_itself(store: Database, ends: AuditEnds) -> None:
    log = AuditLog(store, VAULT)
    assert (await verified(log, ends)).broken_at is None
    for number in range(5):
        await log.add(entry(f"a{number}"))
    assert (await verified(log, ends)).end == ends.last()
    third = (await log.page(4, 1))[0]
    await log.add(entry("later"))
    assert (await verified(log, ends)).entries == 6
    await store.run_schema("MATCH (a:AuditEntry) WHERE a.sequence > 3 DELETE a")
    await store.run_schema("MATCH (h:AuditChain) SET h.sequence = 3, h.hash = $hash", hash=third.hash)
    assert (await verified(log, ends)).broken_at == 6
    for number in range(4):
        await log.add(entry(f"b{number}"))
    for whole in (False, True):
        assert (await verified(log, ends, whole=whole)).broken_at == 6
    assert (ends.last() or "").startswith("6:")  # a broken chain moves no end
    assert (await log.verify()).broken_at is None


@pytest.mark.neo4j
async def test_only_what_came_since_is_walked_unless_all_is_asked_for(store: Database, ends: AuditEnds) -> None:
    log = AuditLog(store, VAULT)
    for number in range(4):
        await log.add(entry(f"a{number}"))
    assert (await verified(log, ends)).broken_at is None
    await log.add(entry("new"))
    await store.run_schema("MATCH (a:AuditEntry {sequence: 2}) SET a.actor = 'nobody'")
    assert (await verified(log, ends)).entries == 5
    assert (await verified(log, ends, whole=True)).broken_at == 2
    await log.add(entry("newer"))
    await store.run_schema("MATCH (a:AuditEntry {sequence: 6}) SET a.actor = 'nobody'")
    assert (await verified(log, ends)).broken_at == 6
