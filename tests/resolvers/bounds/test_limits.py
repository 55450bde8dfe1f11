"""What is refused before anything is executed: no test here has a store behind it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from strawberry.extensions.validation_cache import ValidationCache

from resolvers.bounds.limits import MAX_ALIASES, MAX_DEPTH, MAX_DIRECTIVES, MAX_FIELDS, MAX_ROOT_FIELDS, MAX_TOKENS
from resolvers.schema import CACHED_DOCUMENTS
from tests.api.serving import client_of


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
    """The check that spreads them out would need ages for the last one."""
    answer = await ask(client, document)
    assert (answer.status_code, "errors" in answer.json()) == (400, True)


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
