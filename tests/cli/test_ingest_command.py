"""`regulars ingest`: counts, exit codes, and no contact data on the screen."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import cli.ingest
from cli.ingest import SOME_REFUSED, ingest
from domain.errors import InvalidInput, Unavailable
from tests.kit.memory import MemorySink, MemoryStore

EVENT = {"type": "identify", "messageId": "m-1", "source": "till", "at": "2026-03-01T18:30:00Z"}
PERSON = {"subject": {"id": "jane", "identifiers": {"email": "jane@example.org"}, "traits": {"familyName": "Roe"}}}
RUNNER = CliRunner()
app = typer.Typer()
app.command()(ingest)


class NothingPending:
    """Bonuses of a store in which no customer waits for any."""

    async def book_all(self) -> None:
        return


@dataclass
class Parts:
    intake: MemorySink = field(default_factory=MemorySink)
    quarantine: MemoryStore = field(default_factory=MemoryStore)
    bonuses: NothingPending = field(default_factory=NothingPending)


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> Parts:
    parts = Parts()

    @asynccontextmanager
    async def open_sink() -> AsyncGenerator[Parts]:
        yield parts

    monkeypatch.setattr(cli.ingest, "open_sink", open_sink)
    return parts


@pytest.fixture
def events(tmp_path: Path) -> Path:
    lines = [EVENT | PERSON, EVENT | PERSON | {"messageId": "m-2"}, EVENT | {"at": "soon"}]
    (tmp_path / "x.ndjson").write_text("\n".join(map(json.dumps, lines)))
    return tmp_path / "x.ndjson"


def test_takes_a_file_and_says_what_became_of_it(parts: Parts, events: Path) -> None:
    result = RUNNER.invoke(app, [str(events), "--json"])
    assert result.exit_code == SOME_REFUSED
    answer = json.loads(result.stdout)
    assert (answer["accepted"], answer["duplicates"], answer["refused"]) == (2, 0, 1)
    [refusal] = answer["refusals"]
    assert (refusal["file"], refusal["row"], refusal["pointer"]) == ("x.ndjson", 3, "/at")
    assert refusal["quarantine_id"] in parts.quarantine.refusals
    assert json.loads(RUNNER.invoke(app, [str(events), "--json"]).stdout)["duplicates"] == 2


def test_a_dry_run_sends_nothing_and_masks(parts: Parts, events: Path) -> None:
    result = RUNNER.invoke(app, [str(events), "--dry-run"])
    assert result.exit_code == SOME_REFUSED
    assert parts.intake.submits == 0
    assert not parts.quarantine.refusals
    assert "Dry run" in result.stdout
    assert "/at" in result.stdout
    assert "till" in result.stdout
    assert "jane" not in result.stdout
    assert "Roe" not in result.stdout


def test_all_well_is_exit_code_0(parts: Parts, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("id\n1\n2\n")
    mapping = "event: identify\nconstants: {at: 2026-03-01T18:30:00Z}\nfields: {subject.id: id}\n"
    (tmp_path / "m.yaml").write_text(mapping)
    arguments = [str(tmp_path / "x.csv"), "--mapping", str(tmp_path / "m.yaml"), "--source", "crm"]
    assert RUNNER.invoke(app, arguments).exit_code == 0
    assert [event.source for event in parts.intake.events] == ["crm", "crm"]


def test_errors_reach_the_command_line_as_they_are(parts: Parts, events: Path, tmp_path: Path) -> None:
    parts.quarantine.fault = Unavailable("The quarantine is full.")
    with pytest.raises(Unavailable):
        RUNNER.invoke(app, [str(events)], catch_exceptions=False)
    (tmp_path / "x.csv").write_text("id\n1\n")
    with pytest.raises(InvalidInput):
        RUNNER.invoke(app, [str(tmp_path / "x.csv")], catch_exceptions=False)
