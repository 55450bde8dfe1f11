"""A story is backed up, lost and restored on a real server; what is damaged or does not fit touches nothing.

Tests graph.local.admin and cli.rebuild too.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from typer.testing import CliRunner, Result

from bench.kit.wipe import wipe
from cli.main import app
from domain.errors import SetupError
from domain.settings import Settings, settings
from graph.local import LocalNeo4j
from graph.store.database import Database
from privacy.vault import open_vault
from runtime.journal import Keeper
from runtime.journal_files import JournalFiles, Position
from runtime.service import open_database, open_service
from tests.kit.building import read
from tests.kit.snapshot import balances, difference, snapshot
from tests.kit.story import event, person, reference, revelation, strangers

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]
T = TypeVar("T")
NUMBERS = "MATCH (c:Customer) RETURN c.number AS number, c.status AS status ORDER BY number"
LEDGER = "MATCH (l:LedgerEntry) RETURN l.key AS key, l.points AS points ORDER BY key"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, neo4j_settings: Callable[..., Settings]) -> Settings:
    return neo4j_settings(tmp_path_factory.mktemp("backed up"))


@pytest.fixture(scope="module")
def local(config: Settings) -> Iterator[LocalNeo4j]:
    local = LocalNeo4j(config)
    yield local
    local.stop()


@pytest.fixture(scope="module")
def run(config: Settings) -> Iterator[Callable[..., Result]]:
    """Runs the command with the settings of the module, and these changes of them."""

    def call(*words: str, **changes: object) -> Result:
        names = ("state_dir", "cache_dir", "neo4j_bolt_port", "neo4j_http_port", "neo4j_heap", "neo4j_page_cache")
        with pytest.MonkeyPatch.context() as environment:
            for name, value in ({name: getattr(config, name) for name in names} | changes).items():
                environment.setenv(f"REGULARS_{name.upper()}", str(value))
            settings.cache_clear()
            return CliRunner().invoke(app, words)

    yield call
    settings.cache_clear()


def refusal(result: Result) -> str:
    assert isinstance(result.exception, SetupError), result.output
    return result.exception.message


def with_store(config: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """What `work` gives while the server of these settings runs."""

    async def inside() -> T:
        async with open_database(config) as database:
            return await work(database)

    local = LocalNeo4j(config)
    found = local.start(tied_to_parent=True).found
    try:
        return asyncio.run(inside())
    finally:
        if not found:
            local.stop()


def everything(config: Settings) -> tuple[Any, Any, Any]:
    """People and golden records by their records, customer numbers, and the ledger entry by entry."""

    async def look(database: Database) -> tuple[Any, Any, Any]:
        found = await snapshot(database, open_vault(config))
        numbers = await database.read_text(NUMBERS, operation="test")
        return found, numbers, await database.read_text(LEDGER, operation="test")

    return with_store(config, look)


@pytest.fixture(scope="module")
def told(config: Settings, local: LocalNeo4j) -> tuple[Any, Any, Any]:
    """The story in the store, and all there is to compare."""

    async def take() -> None:
        async with open_service(config) as service:
            await service.intake.submit(read([*reference(), *strangers(), *revelation()]))

    local.start(tied_to_parent=True)
    asyncio.run(take())
    before = everything(config)
    local.stop()
    assert sum(balances(before[0]).values()) > 0
    assert len(before[0]["people"]) > 2
    return before


@pytest.fixture(scope="module")
def made(told: object, run: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backups") / "made"
    result = run("backup", str(folder))
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def kept(made: Path, tmp_path: Path) -> Path:
    """A backup that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "kept"))


def test_what_was_lost_is_there_again(
    config: Settings, told: tuple[Any, Any, Any], kept: Path, run: Callable[..., Result]
) -> None:
    assert {path.name for path in kept.iterdir()} == {"manifest.json", "neo4j.dump", "vault.key"}
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}
    assert kept.stat().st_mode & 0o777 == 0o700
    key = (config.state_dir / "vault.key").read_bytes()

    with_store(config, lambda database: wipe(database))
    assert everything(config)[1] == []
    assert "a restore replaces all of it" in refusal(run("restore", str(kept)))
    (config.state_dir / "vault.key").unlink()
    open_vault(config)  # another one
    other = (config.state_dir / "vault.key").read_bytes()
    assert run("restore", str(kept), "--force").exit_code == 0

    after = everything(config)
    assert difference(told[0], after[0]) == []
    assert after[1:] == told[1:]
    assert (config.state_dir / "vault.key").read_bytes() == key
    [former] = config.state_dir.glob("vault.key.*")
    assert former.read_bytes() == other
    assert not (config.state_dir / "neo4j" / "before-restore").exists()
    assert not (config.state_dir / "neo4j" / "restoring").exists()


def test_it_is_restored_on_a_machine_that_never_had_it(
    config: Settings, told: tuple[Any, Any, Any], kept: Path, run: Callable[..., Result], tmp_path: Path
) -> None:
    elsewhere = config.model_copy(update={"state_dir": tmp_path / "elsewhere"})
    result = run("restore", str(kept), state_dir=elsewhere.state_dir)
    assert result.exit_code == 0, result.output
    after = everything(elsewhere)
    assert difference(told[0], after[0]) == []
    assert after[1:] == told[1:]


def test_a_damaged_backup_touches_nothing(kept: Path, run: Callable[..., Result], tmp_path: Path) -> None:
    untouched = tmp_path / "untouched"

    def refused(folder: Path) -> str:
        message = refusal(run("restore", str(folder), "--force", state_dir=untouched))
        assert not untouched.exists()
        return message

    def copy(name: str) -> Path:
        shutil.copytree(kept, tmp_path / name)
        return tmp_path / name

    flipped = copy("flipped")
    dump = bytearray((flipped / "neo4j.dump").read_bytes())
    dump[len(dump) // 2] ^= 1
    (flipped / "neo4j.dump").write_bytes(dump)
    assert "neo4j.dump is damaged" in refused(flipped)

    cut = copy("cut")
    (cut / "neo4j.dump").write_bytes((kept / "neo4j.dump").read_bytes()[:-1])
    assert "neo4j.dump is damaged" in refused(cut)

    gone = copy("gone")
    (gone / "vault.key").unlink()
    assert "vault.key is missing" in refused(gone)

    half = copy("half")
    (half / "manifest.json").unlink()
    assert "holds no backup" in refused(half)

    changes: list[tuple[str, dict[str, Any], str]] = [
        ("newer", {"neo4j": "2099.01.0"}, "of Neo4j 2099.01.0"),
        ("unknown", {"migrations": {"9999": "c"}}, "migrations that this release does not know"),
        ("format", {"format": 2}, "by a newer release"),
        ("outside", {"files": {"../neo4j.dump": "c"}}, "is missing"),
        ("key", {"vault": "another"}, "The vault key is not the one of this backup"),
    ]
    for name, change, message in changes:
        folder = copy(name)
        written = json.loads((folder / "manifest.json").read_text())
        (folder / "manifest.json").write_text(json.dumps(written | change))
        assert message in refused(folder)


def test_a_dump_that_does_not_load_leaves_the_store_as_it_was(
    config: Settings, told: tuple[Any, Any, Any], kept: Path, local: LocalNeo4j
) -> None:
    (kept / "neo4j.dump").write_bytes(b"not a dump")
    with pytest.raises(SetupError, match="could not load"):
        local.load(kept)
    assert difference(told[0], everything(config)[0]) == []


def test_a_server_that_runs_is_left_alone_or_stopped_and_started(
    config: Settings, told: object, kept: Path, run: Callable[..., Result], local: LocalNeo4j, tmp_path: Path
) -> None:
    running = local.start()
    assert "only a stopped store" in refusal(run("backup", str(tmp_path / "none")))
    assert "Neo4j runs" in refusal(run("restore", str(kept), "--force"))
    assert not (tmp_path / "none").exists()
    assert (still := local.status())
    assert still.pid == running.pid

    assert run("backup", str(tmp_path / "stopped"), "--stop").exit_code == 0
    assert (again := local.status())
    assert again.pid != running.pid
    assert local.answers(again)
    assert (tmp_path / "stopped" / "manifest.json").exists()
    local.stop()


def test_a_backup_that_nobody_could_read_is_not_made(kept: Path, run: Callable[..., Result], tmp_path: Path) -> None:
    other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert "does not open" in refusal(run("backup", str(tmp_path / "unreadable"), vault_key=other))
    assert not (tmp_path / "unreadable" / "manifest.json").exists()
    assert "is not empty" in refusal(run("backup", str(kept)))
    assert "no store" in refusal(run("backup", str(tmp_path / "new"), state_dir=tmp_path / "nothing"))


def test_what_came_after_the_backup_comes_back_from_the_journal(
    config: Settings, told: object, kept: Path, run: Callable[..., Result], tmp_path: Path
) -> None:
    files = JournalFiles(tmp_path / "journal")
    journalled = config.model_copy(update={"journal_dir": files.folder})

    async def go_on() -> None:
        async with open_service(config) as service:
            late = event("identify", "web", "25T10:00", subject=person("Lena", "Late", email="lena@late.example"))
            await service.intake.submit(read([late]))
            with files.lock() as mine:
                assert mine
                files.append([], Position("2020-01-01T00:00:00Z"))
                keeper = Keeper(service.database, service.parts.vault, files, journalled)
                await keeper.look(datetime.now(UTC) + timedelta(hours=1))

    local = LocalNeo4j(config)
    local.start(tied_to_parent=True)
    try:
        asyncio.run(go_on())
    finally:
        local.stop()
    expected = everything(config)
    elsewhere = config.model_copy(update={"state_dir": tmp_path / "elsewhere"})
    result = run("restore", str(kept), "--journal", str(files.folder), state_dir=elsewhere.state_dir)
    assert result.exit_code == 0, result.output
    assert "1 events and 0 decisions" in result.output
    for loss in ("refusals of guests", "audit log", "regulars keys confirm"):
        assert loss in " ".join(result.output.split())
    after = everything(elsewhere)
    assert difference(expected[0], after[0]) == []
    assert after[1:] == expected[1:]


def test_a_store_is_built_again_from_its_events(
    config: Settings, told: object, run: Callable[..., Result], local: LocalNeo4j, tmp_path: Path
) -> None:
    expected = everything(config)
    local.start()
    try:
        result = run("rebuild", str(tmp_path / "rebuilt"), "--json")
        assert "is not empty" in refusal(run("rebuild", str(tmp_path / "rebuilt")))
    finally:
        local.stop()
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["differ"], report["lost"], report["refused"]) == (0, 0, 0)
    assert report["same"] == len(expected[1])
    rebuilt = everything(config.model_copy(update={"state_dir": tmp_path / "rebuilt"}))
    assert difference(expected[0], rebuilt[0]) == []
    assert rebuilt[1] == expected[1]
