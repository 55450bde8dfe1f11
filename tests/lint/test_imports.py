"""The contracts of .importlinter hold, and each of them can be broken."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.lint.project import MODULES, PACKAGES, ROOT

CONTRACTS = ROOT / ".importlinter"
_LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"

# One line for each contract that it forbids.
VIOLATIONS = {
    "layers": ("domain/money.py", "import graph.store.database"),
    "world": ("world/truth.py", "import cypher"),
    "measurements": ("graph/places.py", "import bench.kit.machine"),
    "product": ("ingest/files/rows.py", "import world.truth"),
    "neo4j": ("privacy/vault.py", "import neo4j"),
    "http": ("loyalty/programme/programme.py", "from starlette.requests import Request"),
    "server": ("api/request_body.py", "import uvicorn"),
    "rooms": ("resolvers/customer/loyalty/points.py", "import resolvers.segments.segment"),
    "pure": ("matching/people_count.py", "import random"),
}


@pytest.fixture(scope="module")
def contracts() -> configparser.ConfigParser:
    config = configparser.ConfigParser()
    config.read(CONTRACTS)
    return config


def test_imports_keep_the_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(CONTRACTS), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_the_contracts_know_every_package(contracts: configparser.ConfigParser) -> None:
    assert sorted(contracts["importlinter"]["root_packages"].split()) == sorted(PACKAGES)


def test_every_contract_can_be_broken(contracts: configparser.ConfigParser, tmp_path: Path) -> None:
    names = {key.rpartition(":")[2]: contracts[key]["name"] for key in contracts.sections() if ":contract:" in key}
    assert names.keys() == VIOLATIONS.keys()
    for module in MODULES:
        copy = tmp_path / module.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(module, copy)
    shutil.copy(CONTRACTS, tmp_path)
    for path, line in VIOLATIONS.values():
        with (tmp_path / path).open("a") as file:
            file.write(f"\n{line}\n")
    run = subprocess.run([sys.executable, "-c", _LINT], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode != EXIT_STATUS_SUCCESS
    assert [key for key, named in names.items() if f"{named} BROKEN" not in run.stdout] == [], run.stdout
