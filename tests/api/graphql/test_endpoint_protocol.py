"""GraphQL over HTTP where the public audits do not look: GET, media types with weights, methods, the one envelope."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.auth.authenticate import authenticator
from api.graphql.content_types import JSON, RESPONSE
from api.graphql.endpoint import graphql_routes
from api.graphql.request import MAX_ADDRESS
from domain.settings import Settings
from tests.api.serving import KEY, NoStore, served
from tests.kit.building import parts_of

QUERY = "query Hello { hello: __typename }"
HELLO = {"hello": "Query"}


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(environment="production")  # pyright: ignore[reportCallIssue]
    app = Starlette(routes=graphql_routes(settings, parts_of(NoStore()), authenticator(KEY)))
    async with served(app) as url, httpx.AsyncClient(base_url=url, headers={"x-api-key": KEY}) as client:
        yield client


def code(answer: httpx.Response) -> str:
    assert list(answer.json()) == ["errors"]
    [error] = answer.json()["errors"]
    return error["extensions"]["code"]


async def test_what_cannot_be_accepted_is_406(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": QUERY}, headers={"accept": "image/png"})
    assert (answer.status_code, code(answer)) == (406, "NOT_ACCEPTABLE")


async def test_queries_by_get(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql", params={"query": QUERY})
    assert (answer.status_code, answer.json()["data"]) == (200, HELLO)
    document = "query A($no: Boolean!) {__typename @skip(if: $no)} query B {b: __typename}"
    for variables, data in (({"no": True}, {}), ({"no": False}, {"__typename": "Query"})):
        params = {"query": document, "operationName": "A", "variables": json.dumps(variables), "extensions": "{}"}
        assert (await client.get("/graphql", params=params)).json()["data"] == data


async def test_get_never_changes_anything(client: httpx.AsyncClient) -> None:
    for accept in (JSON, RESPONSE):
        params = {"query": "mutation { __typename }"}
        answer = await client.get("/graphql", params=params, headers={"accept": accept})
        assert (answer.status_code, answer.headers["allow"], code(answer)) == (405, "POST", "METHOD_NOT_ALLOWED")
        params = {"query": "query A {__typename} mutation B {__typename}", "operationName": "B"}
        assert (await client.get("/graphql", params=params)).status_code == 405
    assert (await client.post("/graphql", json={"query": "mutation { __typename }"})).status_code == 200


@pytest.mark.parametrize(
    "query",
    ["", "?query=", "?query=%ff", "?query={a}&query={b}", "?query={__typename}&variables=[]",
     "?query={__typename}&variables={", "?query={__typename}&extensions=1", "?query=a&a" + "&a=1" * 100],
)  # fmt: skip
async def test_an_address_that_is_no_request_is_400(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"/graphql{query}")
    assert (answer.status_code, code(answer)) == (400, "INVALID_INPUT")


async def test_a_long_address_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.get("/graphql", params={"query": QUERY + "+" * MAX_ADDRESS})
    assert (answer.status_code, code(answer)) == (413, "TOO_LARGE")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
async def test_other_methods_are_405(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/graphql")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


# These three need no preflight, so any page on the web could send them in its reader's name.
SIMPLE = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]


@pytest.mark.parametrize(
    "content_type", [None, *SIMPLE, "application/graphql", "application/json; charset=utf-16", "application/jsonp"]
)
async def test_what_is_not_json_is_415(client: httpx.AsyncClient, content_type: str | None) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    answer = await client.post("/graphql", content=json.dumps({"query": QUERY}), headers=headers)
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", 'Application/JSON ; charset="utf8"'])
async def test_utf8_by_any_name(client: httpx.AsyncClient, content_type: str) -> None:
    answer = await client.post("/graphql", content=json.dumps({"query": QUERY}), headers={"content-type": content_type})
    assert answer.json()["data"] == HELLO


async def test_a_packed_body_is_read(client: httpx.AsyncClient) -> None:
    packed = gzip.compress(json.dumps({"query": QUERY}).encode())
    headers = {"content-type": JSON, "content-encoding": "gzip"}
    assert (await client.post("/graphql", content=packed, headers=headers)).json()["data"] == HELLO


async def test_every_refusal_is_in_the_type_that_was_asked_for(client: httpx.AsyncClient) -> None:
    bodies: list[tuple[int, dict[str, Any]]] = [
        (401, {"json": {"query": QUERY}, "headers": {"accept": RESPONSE, "x-api-key": "wrong"}}),
        (400, {"content": b"{", "headers": {"accept": RESPONSE, "content-type": JSON}}),
        (415, {"content": b"{", "headers": {"accept": RESPONSE}}),
        (400, {"json": {"query": "{"}, "headers": {"accept": RESPONSE}}),
    ]
    for status, body in bodies:
        answer = await client.post("/graphql", **body)
        assert (answer.status_code, answer.headers["content-type"]) == (status, f"{RESPONSE}; charset=utf-8")
        assert code(answer)
