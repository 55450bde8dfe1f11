"""`POST /graphql` over a real store: answers, masked faults, and an answer when the store is away."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.graphql.endpoint import _loggable  # pyright: ignore[reportPrivateUsage]
from graph.local import Running
from graph.store.database import Database, connect
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import EMAIL, PRIVATE, Story

pytestmark = pytest.mark.neo4j

RESPONSE = "application/graphql-response+json"
NAME = f'{{ customer(by: {{email: "{EMAIL}"}}) {{ number name }} }}'
PROFILE = f'{{ customer(by: {{email: "{EMAIL}"}}) {{ number name emails }} }}'


def client_of(story: Story, database: Database) -> httpx.AsyncClient:
    app = create_app(
        story.settings,
        parts=replace(story.parts, database=database),
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key="k",
    )
    headers = {"authorization": "Bearer k", "accept": RESPONSE}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars", headers=headers)


@pytest.fixture
async def client(story: Story) -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of(story, story.database) as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str) -> tuple[int, Any]:
    answer = await client.post("/graphql", json={"query": query})
    assert answer.headers["content-type"].startswith(RESPONSE) or answer.status_code == 503
    return answer.status_code, answer.json()


async def test_the_service_key_sees_contact_data(client: httpx.AsyncClient) -> None:
    status, answer = await ask(client, PROFILE)
    assert (status, list(answer)) == (200, ["data", "extensions"])
    assert answer["data"]["customer"]["emails"] == [EMAIL]


async def test_an_execution_error_is_200_with_data(client: httpx.AsyncClient) -> None:
    status, answer = await ask(client, '{ brands { name } customer(by: {phone: "12"}) { number } }')
    assert (status, answer["data"]["customer"], len(answer["data"]["brands"])) == (200, None, 2)
    [error] = answer["errors"]
    assert (error["extensions"]["code"], error["path"]) == ("INVALID_INPUT", ["customer"])
    status, answer = await ask(client, '{ customerSearch(text: " ") { edges { cursor } } }')
    assert (status, answer["data"]) == (200, None)


async def test_our_fault_is_masked_and_logged_without_contact_data(
    client: httpx.AsyncClient, story: Story, capsys: pytest.CaptureFixture[str]
) -> None:
    number = await story.number(email=EMAIL)
    change = "MATCH (c:Customer {number: $number}) WITH c, c.sealed AS old SET c.sealed = $sealed RETURN old"
    [kept] = await story.database.run_schema(change, number=number, sealed=b"\x01 broken")
    capsys.readouterr()
    try:
        status, answer = await ask(client, NAME)
    finally:
        await story.database.run_schema(change, number=number, sealed=kept["old"])
    logged = "".join(capsys.readouterr())
    assert (status, answer["data"]["customer"]["name"]) == (200, None)
    [error] = answer["errors"]
    assert error["extensions"]["code"] == "UNREADABLE"
    assert "vault" not in str(answer).lower()
    assert error["extensions"]["requestId"] in logged
    assert "graphql.unreadable" in logged
    assert [word for word in PRIVATE if word in logged] == []
    assert (await ask(client, NAME))[1]["data"]["customer"]["name"] == "Ann Smith"


async def test_logs_of_good_requests_name_nobody(client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    await ask(client, PROFILE)
    logged = "".join(capsys.readouterr())
    assert "service-key" in logged
    assert [word for word in PRIVATE if word in logged] == []


async def test_a_store_that_refuses_the_password_is_503(story: Story, neo4j_server: Running) -> None:
    async with (
        connect(story.settings, uri=neo4j_server.bolt_uri, user="neo4j", password="another-one") as closed,
        client_of(story, closed) as client,
    ):
        answer = await client.post("/graphql", json={"query": PROFILE})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert "password" not in answer.text


async def test_a_store_that_is_away_is_503(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.store.retry._SILENT_FOR_S", 0.1)
    async with (
        connect(story.settings, uri="bolt://127.0.0.1:9", user="neo4j", password="none") as away,
        client_of(story, away) as client,
    ):
        answer = await client.post("/graphql", json={"query": PROFILE})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("4bf92f3577b34da6a3ce929d0e0e4736", True),
        ("0b1e6e5e-0a6f-4a52-8ab5-0fd7a0a1ec0d", True),
        ("15551234567", False),
        ("4111-1111-1111-1111", False),
        ("1212555018812125550188", False),
        ("jo@example.com", False),
        ("a" * 65, False),
    ],
)
async def test_a_proxy_names_the_request_but_never_a_guest(client: httpx.AsyncClient, given: str, kept: bool) -> None:
    for path in ("/graphql", "/health/live", "/nowhere"):
        answer = await client.get(path, params={"query": "{__typename}"}, headers={"x-request-id": given})
        [told] = answer.headers.get_list("x-request-id")
        assert (told == given) is kept
        assert re.fullmatch("[0-9a-f-]{16,64}", told)


async def test_each_request_has_an_id_of_its_own(client: httpx.AsyncClient) -> None:
    ids = [(await client.get("/health/live")).headers["x-request-id"] for _ in range(3)]
    assert len(set(ids)) == 3


@pytest.mark.parametrize(
    ("name", "logged"),
    [("Profile", "Profile"), ("Q5555555555554444", "-"), ("c_212_555_0188", "-"), ("V2_2026", "V2_2026"), (None, None)],
)
def test_the_log_names_an_operation_that_is_no_number(name: str | None, logged: str | None) -> None:
    assert _loggable(name) == logged
