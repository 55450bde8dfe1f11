"""`regulars resolve` without a store: files, counts, exit codes, and no contact data in what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cli.ingest import SOME_REFUSED
from cli.resolve import resolve
from domain.errors import InvalidInput
from domain.settings import settings

RUNNER = CliRunner()
app = typer.Typer()
app.command()(resolve)

MAPPING = """
event: identify
source: crm
message_id: id
constants: {at: 2026-01-01T00:00:00Z}
fields:
  subject.id: id
  subject.identifiers.email: {column: mail, transforms: [lower]}
  subject.traits.givenName: first
  subject.traits.familyName: last
"""
GUESTS = """id,first,last,mail
1,Jane,Quillfeather,jane.q@example.org
2,Jane,Quillfeather,jane.q@example.org
3,Tabitha,Quillfeather,jane.q@example.org
4,Otto,Xanthopoulos,otto@example.org
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REGULARS_STATE_DIR", str(tmp_path / "state"))
    settings.cache_clear()
    return tmp_path / "state"


@pytest.fixture
def guests(tmp_path: Path) -> list[str]:
    (tmp_path / "guests.csv").write_text(GUESTS)
    (tmp_path / "guests.yaml").write_text(MAPPING)
    return [
        str(tmp_path / "guests.csv"),
        "--mapping",
        str(tmp_path / "guests.yaml"),
        "--load",
        "none",
        "--workers",
        "1",
    ]


def test_people_of_a_mapped_file(guests: list[str], tmp_path: Path, state: Path) -> None:
    out = tmp_path / "out"
    result = RUNNER.invoke(app, [*guests, "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert (figures["events"], figures["records"], figures["people"], figures["components"]) == (4, 4, 3, 2)
    assert figures["kept_apart"] == 1
    assert figures["peak_memory_mib"] > 0
    assert set(figures["seconds"]) == {"read", "fold", "scope", "decide", "write", "load"}
    text = "".join(path.read_text() for path in out.iterdir())
    assert "Quillfeather" not in text
    assert "jane.q" not in text
    assert "GIVEN_NAMES_DIFFER" in text
    assert [path.name for path in state.iterdir()] == ["vault.key"], "the spill goes with the job"


def test_refused_events_are_counted(tmp_path: Path) -> None:
    events = tmp_path / "x.ndjson"
    good = {
        "type": "identify",
        "messageId": "m",
        "source": "till",
        "at": "2026-03-01T18:30:00Z",
        "subject": {"id": "1"},
    }
    events.write_text("\n".join(map(json.dumps, [good, good | {"at": "soon"}, good])))
    result = RUNNER.invoke(
        app, [str(events), "--load", "none", "--out", str(tmp_path / "o"), "--workers", "1", "--json"]
    )
    assert result.exit_code == SOME_REFUSED
    figures = json.loads(result.stdout)
    assert (figures["events"], figures["repeated"], figures["refused"], figures["records"]) == (2, 1, 1, 1)


@pytest.mark.parametrize(
    ("options", "words"),
    [([], "only writes files"), (["--out", "OUT"], "not empty"), (["--load", "live", "--out", "OUT"], "no files")],
)
def test_what_cannot_work_is_refused_first(guests: list[str], options: list[str], words: str, tmp_path: Path) -> None:
    result = RUNNER.invoke(app, [*guests, *(str(tmp_path) if option == "OUT" else option for option in options)])
    assert isinstance(result.exception, InvalidInput)
    assert words in result.exception.message
