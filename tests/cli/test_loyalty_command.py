"""`regulars loyalty` on a real store: what it prints, what it leaves in the audit log, and the exit code. Tests
cli.kit.statement_pages too."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import orjson
import pytest
from typer.testing import CliRunner

import cli.loyalty
from bench.kit.wipe import wipe
from cli.loyalty import app
from domain.errors import NotFound
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from privacy.audit_log import AuditLog
from tests.kit.building import READER, VAULT, intake_of, parts_of, read, settings_of
from tests.kit.hard_cases import Teller, phone, subject

pytestmark = pytest.mark.neo4j

HEADER = "reference,source,id,brand,points,last_day\n"


@asynccontextmanager
async def opened(settings: Settings, server: Running) -> AsyncGenerator[Database]:
    async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        yield database


@pytest.fixture
def command(neo4j_server: Running, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    config = settings_of()

    @asynccontextmanager
    async def open_service(settings: Settings) -> AsyncGenerator[SimpleNamespace]:
        async with opened(settings, neo4j_server) as database:
            yield SimpleNamespace(database=database, parts=parts_of(database), reader=READER)

    async def ordered() -> None:
        teller = Teller("command")
        teller.order("completed", "till", "O1", subject("ann", given="Ann", phone=phone(1)), "12.00")
        async with opened(config, neo4j_server) as database:
            await migrate(database)
            await wipe(database)
            async with intake_of(database) as intake:
                await intake.submit(read(teller.events))

    asyncio.run(ordered())
    monkeypatch.setattr(cli.loyalty, "settings", lambda: config)
    monkeypatch.setattr(cli.loyalty, "open_service", open_service)
    monkeypatch.setattr(cli.loyalty, "open_database", lambda settings: opened(settings, neo4j_server))
    return CliRunner()


def test_an_import_says_what_it_did_and_that_it_adds_up(
    command: CliRunner, neo4j_server: Running, tmp_path: Path
) -> None:
    file = tmp_path / "balances.csv"
    file.write_text(HEADER + "B1,till,ann,grill,40,2027-01-15\nB2,till,ann,grill,1200,\n")
    dry = command.invoke(app, ["import", str(file), "--system", "old", "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert "Dry run: nothing was written" in dry.stdout
    done = command.invoke(app, ["import", str(file), "--system", "old"])
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith("The ledger has what the file says: 1,240 points.\n")
    found = orjson.loads(command.invoke(app, ["import", str(file), "--system", "old", "--json"]).stdout)
    assert (found["carriedOver"], found["before"], found["addsUp"]) == (0, 2, True)
    assert found["lots"][0] == {"brand": "grill", "lastDay": "2027-01-15", "file": 40, "ledger": 40}

    async def noted() -> list[tuple[str, ...]]:
        async with opened(settings_of(), neo4j_server) as database:
            rows = await AuditLog(database, VAULT).page(None, 10)
            return [(row.told("actor"), *row.told("what"), row.told("why")) for row in rows]

    assert asyncio.run(noted()) == [("command-line", "loyalty import", "old")] * 2


def test_what_is_wrong_is_shown_without_what_it_holds_and_ends_in_1(command: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "balances.csv"
    file.write_text(HEADER + "B1,till,ann,grill,40,\nB2,till,eve-secret,grill,5,\nB3,till,ann,grill,few,\n")
    done = command.invoke(app, ["import", str(file), "--system", "old"])
    assert done.exit_code == 1
    assert "names no member" in done.stdout
    assert "Load the members first" in done.stdout
    assert "What to do: docs/runbooks.md, 18." in done.stdout
    assert "secret" not in done.output
    assert "few" not in done.stdout


async def number_of(server: Running) -> str:
    async with opened(settings_of(), server) as database:
        [row] = await database.read_text("MATCH (c:Customer) RETURN c.number AS number", operation="test")
        return row["number"]


def test_a_statement_adds_up_in_each_form_and_is_noted(
    command: CliRunner, neo4j_server: Running, tmp_path: Path
) -> None:
    balances = tmp_path / "balances.csv"
    balances.write_text(HEADER + "B1,till,ann,grill,40,2026-02-28\nB2,till,ann,grill,-2,\n")
    assert command.invoke(app, ["import", str(balances), "--system", "old"]).exit_code == 0
    number = asyncio.run(number_of(neo4j_server))
    found = orjson.loads(command.invoke(app, ["statement", number.lower(), "--json"]).stdout)
    assert (found["customer"], found["opening"], found["closing"]) == (number, 0, 12)  # expired points pay the debt
    assert sum(line["points"] for line in found["lines"]) == 12
    assert found["brands"] == [{"brand": "grill", "opening": 0, "closing": 12}]
    assert {line["reason"] for line in found["lines"]} == {
        "order.completed",
        "points.carry_over.old",
        "points.expired",
    }
    before = orjson.loads(command.invoke(app, ["statement", number, "--to", "2026-01-04", "--json"]).stdout)
    assert (before["closing"], before["lines"]) == (0, [])
    table = command.invoke(app, ["statement", number, "--from", "2026-01-01"])
    assert f"Points of {number} from 2026-01-01 to" in table.stdout
    rows = list(csv.DictReader(command.invoke(app, ["statement", number, "--csv"]).stdout.splitlines()))
    assert [(row["what"], row["points"]) for row in rows] == [
        (line["reason"], str(line["points"])) for line in found["lines"]
    ]
    pdf = tmp_path / "statement.pdf"
    assert command.invoke(app, ["statement", number, "--pdf", str(pdf)]).exit_code == 0
    assert pdf.read_bytes().startswith(b"%PDF-")

    async def noted() -> list[tuple[object, ...]]:
        async with opened(settings_of(), neo4j_server) as database:
            rows = await AuditLog(database, VAULT).page(None, 10, customer=number)
            return [(row.told("action"), *row.told("what"), *row.told("customers")) for row in rows]

    assert asyncio.run(noted()) == [("read", "loyalty statement", number)] * 5


def test_a_statement_of_nobody_says_so(command: CliRunner, tmp_path: Path) -> None:
    answer = command.invoke(app, ["statement", "CUST-0000-0000-0000"])
    assert isinstance(answer.exception, NotFound)
    assert answer.exit_code == 1
