"""The service key: the operator's, or one made once with nobody else able to read it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from api.auth.authenticate import authenticator, ensure_api_key
from domain.errors import SetupError
from domain.settings import Settings
from tests.api.serving import KEY, client_of


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path / "state")  # pyright: ignore[reportCallIssue]
    key = ensure_api_key(settings)
    assert len(key) > 40
    assert ensure_api_key(settings) == key
    [file] = (tmp_path / "state").iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == ("api.key", 0o600)


def test_the_operators_key_comes_first(tmp_path: Path) -> None:
    settings = Settings.model_validate({"state_dir": tmp_path, "api_key": "chosen"})
    assert ensure_api_key(settings) == "chosen"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of("development") as client:
        yield client


def code(answer: httpx.Response) -> str:
    [error] = answer.json()["errors"]
    assert "data" not in answer.json()
    return error["extensions"]["code"]


@pytest.mark.parametrize("headers", [{"authorization": ""}, {"authorization": "Bearer nope"}, {"authorization": KEY}])
async def test_no_key_no_answer(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post("/graphql", json={"query": "{__typename}"}, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert code(answer) == "NOT_AUTHENTICATED"
    assert answer.json()["errors"][0]["extensions"]["hint"]


async def test_the_key_may_come_by_its_own_header(client: httpx.AsyncClient) -> None:
    headers = {"authorization": "", "x-api-key": KEY}
    assert (await client.post("/graphql", json={"query": "{__typename}"}, headers=headers)).status_code == 200


def test_an_empty_key_opens_nothing() -> None:
    with pytest.raises(SetupError, match="empty"):
        authenticator("")
