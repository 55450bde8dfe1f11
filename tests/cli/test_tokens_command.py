"""`regulars tokens` prints a token that a service in development believes, and nothing in production."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli.tokens
from api.auth.local_tokens import LocalTokens
from cli.tokens import app
from domain.errors import InvalidInput, SetupError
from domain.settings import Settings
from tests.api.provider import READER
from tests.kit.building import settings_of


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    of = settings_of(state_dir=tmp_path)
    monkeypatch.setattr(cli.tokens, "settings", lambda: of)
    return tmp_path


async def test_a_guest_and_an_agent(state: Path) -> None:
    finder, runner = LocalTokens(state, READER), CliRunner()
    guest = await finder.caller(
        runner.invoke(app, ["guest", "20931", "--brand", "pasta", "--source", "app"]).stdout.strip()
    )
    agent = await finder.caller(runner.invoke(app, ["staff", "eva", "--role", "agent"]).stdout.strip())
    assert guest is not None
    assert agent is not None
    assert guest.subject == READER.record_key("app", "20931")
    assert agent.allows("identity:write")


@pytest.mark.parametrize(
    "words", [["guest", "1", "--brand", "Not A Slug", "--source", "app"], ["staff", "eva", "--role", "till"]]
)
def test_what_cannot_be_is_said(state: Path, words: list[str]) -> None:
    assert isinstance(CliRunner().invoke(app, words).exception, InvalidInput)


def test_production_believes_no_such_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def production() -> Settings:
        return settings_of(state_dir=tmp_path, environment="production")

    monkeypatch.setattr(cli.tokens, "settings", production)
    answer = CliRunner().invoke(app, ["staff", "eva", "--role", "admin"])
    assert isinstance(answer.exception, SetupError)
    assert not list(tmp_path.iterdir())
