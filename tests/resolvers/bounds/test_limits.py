"""What is refused before anything is executed: no test here has a store behind it."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from strawberry.extensions.validation_cache import ValidationCache

from api.auth.authenticate import authenticator
from api.graphql.endpoint import graphql_routes
from api.graphql.request import MAX_BODY
from domain.errors import SetupError
from domain.settings import Settings
from resolvers.bounds.limits import MAX_ALIASES, MAX_DEPTH, MAX_DIRECTIVES, MAX_FIELDS, MAX_ROOT_FIELDS, MAX_TOKENS
from resolvers.schema import CACHED_DOCUMENTS
from tests.api.serving import KEY, NoStore
from tests.kit.building import parts_of

RESPONSE = "application/graphql-response+json"


def client_of(environment: str) -> httpx.AsyncClient:
    settings = Settings(environment=environment)  # pyright: ignore[reportCallIssue]
    routes = graphql_routes(settings, parts_of(NoStore()), authenticator(KEY))
    headers = {"authorization": f"Bearer {KEY}", "accept": RESPONSE}
    transport = httpx.ASGITransport(Starlette(routes=routes))
    return httpx.AsyncClient(transport=transport, base_url="http://regulars", headers=headers)


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of("development") as client:
        yield client


@pytest.fixture
async def production() -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of("production") as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str, **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more})


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


DEEP = "{segments{members{edges{node{journey{edges{node{transaction{store{brand{%s}}}}}}}}}}}"
ROOTS = "{%s}"


@pytest.mark.parametrize(
    ("most", "over", "words"),
    [
        (DEEP % "id", DEEP.replace("store{brand{%s}}", "store{brand{id{id{id}}}}"), f"{MAX_DEPTH} levels"),
        (
            ROOTS % " ".join(f"a{n}:__typename" for n in range(MAX_ROOT_FIELDS)),
            ROOTS % " ".join(f"a{n}:__typename" for n in range(MAX_ROOT_FIELDS + 1)),
            f"{MAX_ROOT_FIELDS} root fields",
        ),
        (
            ROOTS % "__typename @skip(if:false)",
            "{brands{" + "id @skip(if:false) " * (MAX_DIRECTIVES + 1) + "}}",
            f"{MAX_DIRECTIVES} directives",
        ),
        (
            "{__typename}",
            "{brands{" + " ".join(f"a{n}:id" for n in range(MAX_ALIASES + 1)) + "}}",
            f"{MAX_ALIASES} aliases",
        ),
        ("{__typename}", "{brands{" + "id " * MAX_FIELDS + "}}", f"{MAX_FIELDS} fields"),
        ("{__typename}", "{" + "id " * (MAX_TOKENS - 1) + "}", f"{MAX_TOKENS} tokens"),
        ("{__typename}", "{a" * 300, "nested too deeply"),
    ],
    ids=["depth", "root fields", "directives", "aliases", "fields", "tokens", "nesting"],
)
async def test_each_limit(client: httpx.AsyncClient, most: str, over: str, words: str) -> None:
    refused = await ask(client, over)
    assert refused.status_code == 400
    assert words in refused.text
    assert words not in (await ask(client, most)).text


@pytest.mark.parametrize(
    "document",
    [
        "{...F} fragment F on Query {" + "...F " * 400 + "}",
        "{...A} fragment A on Query {...B ...B} fragment B on Query {...A ...A}",
        "{...F0} "
        + " ".join(f"fragment F{n} on Query {{{f'...F{n + 1} ' * 20}}}" for n in range(20))
        + "fragment F20 on Query {__typename}",
    ],
    ids=["cycle", "cycle of two", "powers"],
)
async def test_fragments_cost_no_more_than_their_document(client: httpx.AsyncClient, document: str) -> None:
    started = time.perf_counter()
    answer = await ask(client, document)
    assert (answer.status_code, "errors" in answer.json()) == (400, True)
    assert time.perf_counter() - started < 5


async def test_production_does_not_describe_itself(client: httpx.AsyncClient, production: httpx.AsyncClient) -> None:
    introspection = "{__schema{queryType{name}}}"
    assert (await ask(client, introspection)).status_code == 200
    assert (await ask(production, introspection)).status_code == 400
    assert (await ask(production, '{__type(name:"Query"){name}}')).status_code == 400
    assert "Did you mean" in (await ask(client, "{brand}")).text
    answer = await ask(production, "{brand}")
    assert "Did you mean" not in answer.text
    assert "brands" not in answer.text


@pytest.mark.parametrize("document", ['{stores(brnd:"x"){edges{cursor}}}', "query($b:CustomrBy){a}", "{...on Brnd{id}}",
    "{brands{nam}}", 'mutation{segmentSave(input:{name:"x",rule:{brnd:{}}}){segment{id}}}'])  # fmt: skip
async def test_no_suggestion_in_production(production: httpx.AsyncClient, document: str) -> None:
    assert "Did you mean" not in (await ask(production, document)).text


async def test_the_explorer_is_for_development(client: httpx.AsyncClient, production: httpx.AsyncClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "authorization": ""}
    answer = await client.get("/graphql", headers=browser)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert KEY not in answer.text
    assert (await production.get("/graphql", headers=browser)).status_code == 401


async def test_a_document_is_validated_once(client: httpx.AsyncClient) -> None:
    cache: Any = ValidationCache(maxsize=CACHED_DOCUMENTS).cached_validate_document
    document = "query OnceOnly {__typename}"
    before = cache.cache_info()
    for _ in range(3):
        assert (await ask(client, document)).status_code == 200
    after = cache.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 2)
    assert after.maxsize == CACHED_DOCUMENTS


async def test_logs_name_no_document(client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    email = "jane.roe@example.org"
    for query, name in (
        ('{nope(e:"%s")}', None),
        ("{__typename}", email),
        ('{"%s"', "Good"),
        ("query Good{a}", "Good"),
    ):
        await ask(client, query.replace("%s", email), **({"operationName": name} if name else {}))
    variables = {"b": {"email": [email]}}
    await ask(client, "query($b: CustomerBy!){customer(by:$b){number}}", variables=variables)
    logged = "".join(capsys.readouterr())
    assert "Good" in logged
    assert logged.count("document=") == 5
    assert "jane" not in logged
