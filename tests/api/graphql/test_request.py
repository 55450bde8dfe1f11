"""What is no request to GraphQL is refused as such, before anything of it is executed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from api.graphql.request import MAX_BODY, Operation
from tests.api.serving import RESPONSE, client_of


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of("development") as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str, **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more})


def code(answer: httpx.Response) -> str:
    [error] = answer.json()["errors"]
    assert "data" not in answer.json()
    return error["extensions"]["code"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"query": 1}', b'{"query": ""}', b'{"query": "{a}", "variables": []}', b"\xff",
     b'{"query": "{a}", "variables": "x"}', b'{"query": "{a}", "operationName": 1}'],
)  # fmt: skip
async def test_what_is_no_request_is_400(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post("/graphql", content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, code(answer)) == (400, "INVALID_INPUT")


async def test_a_large_body_is_413(client: httpx.AsyncClient) -> None:
    assert (await ask(client, "{__typename}" + " " * (MAX_BODY - 100))).status_code == 200
    answer = await ask(client, "{__typename}" + " " * MAX_BODY)
    assert (answer.status_code, code(answer)) == (413, "TOO_LARGE")


@pytest.mark.parametrize(
    ("query", "more"),
    [
        ("{", {}),
        ("{nothing}", {}),
        ("query A{__typename} query B{__typename}", {}),
        ("query A{__typename}", {"operationName": "B"}),
        ("fragment F on Query {__typename}", {}),
        ("subscription {x}", {}),
        ("query($v: Int!){__typename}", {}),
        ("query($b: CustomerBy!){customer(by:$b){number}}", {"variables": {"b": {}}}),
        ('{customer(by:{email:"a@b.org",phone:"1"}){number}}', {}),
        ('{customerSearch(text:"x",first:' + "9" * 5000 + "){edges{cursor}}}", {}),
    ],
)
async def test_a_request_error_is_400_without_data(client: httpx.AsyncClient, query: str, more: dict[str, Any]) -> None:
    answer = await ask(client, query, **more)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith(RESPONSE)
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"INVALID_INPUT"}
    old = await client.post("/graphql", json={"query": query, **more}, headers={"accept": "application/json"})
    assert (old.status_code, old.headers["content-type"].partition(";")[0]) == (200, "application/json")
    assert "data" not in old.json()


async def test_one_of_several_operations_runs_by_its_name(client: httpx.AsyncClient) -> None:
    document = "query A{a:__typename} query B{b:__typename}"
    assert (await ask(client, document, operationName="B")).json()["data"] == {"b": "Query"}


@pytest.mark.parametrize(
    ("query", "name", "subscribes"),
    [
        ("{ brands { code } }", None, False),
        ("query subscription { brands { code } }", None, False),
        ("subscription { identityChanged { cursor } }", None, True),
        ("subscription S { a } query Q { b }", "S", True),
        ("subscription S { a } query Q { b }", "Q", False),
        ("subscription S { a } query Q { b }", None, False),
        ("# subscription\nmutation { a }", None, False),
        ("subscription {", None, False),
        ("subscription " + "{ a " * 900 + "}" * 900, None, False),
        ("subscription { a }" + " query Q { a }" * 2_000, None, False),
    ],
)
def test_a_subscription_is_known_by_its_document(query: str, name: str | None, subscribes: bool) -> None:
    assert Operation(query, name).subscribes() is subscribes
