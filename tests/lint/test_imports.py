"""The contracts of .importlinter hold, and would be broken by what they forbid."""

from __future__ import annotations

import configparser

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.lint.project import PACKAGES, ROOT

CONTRACTS = ROOT / ".importlinter"


def test_imports_keep_the_contracts(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(CONTRACTS), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_the_contracts_know_every_package() -> None:
    config = configparser.ConfigParser()
    config.read(CONTRACTS)
    assert sorted(config["importlinter"]["root_packages"].split()) == sorted(PACKAGES)
