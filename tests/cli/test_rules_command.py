"""`regulars rules` refuses what cannot work before it opens a store, and reports what a rehearsal found."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli.rules
from cli.rules import app
from domain.errors import InvalidInput, SetupError
from domain.settings import Settings


@pytest.fixture
def policies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config = Settings.model_validate({"state_dir": tmp_path})
    monkeypatch.setattr(cli.rules, "settings", lambda: config)
    path = tmp_path / "policies.yaml"
    path.write_text("identifiers:\n  email: {strength: medium, priority: 10}\n")
    return path


def test_labels_without_their_columns_are_refused(policies: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("source,id\ncrm,1\n")
    answer = CliRunner().invoke(app, ["rehearse", str(policies), "--labels", str(labels)])
    assert isinstance(answer.exception, InvalidInput)
    assert "no column label" in str(answer.exception)


def test_wrong_policies_are_refused(policies: Path) -> None:
    policies.write_text("identifiers: [1]\n")
    answer = CliRunner().invoke(app, ["rehearse", str(policies)])
    assert isinstance(answer.exception, SetupError)


def test_without_a_change_there_is_nothing_to_rehearse(policies: Path) -> None:
    answer = CliRunner().invoke(app, ["rehearse"])
    assert isinstance(answer.exception, InvalidInput)
    assert "--model" in str(answer.exception.hint)


def test_a_wrong_model_is_refused(policies: Path, tmp_path: Path) -> None:
    model = tmp_path / "model.json"
    model.write_text("{}")
    answer = CliRunner().invoke(app, ["rehearse", "--model", str(model)])
    assert isinstance(answer.exception, SetupError)
