"""In production nobody learns the schema by guessing: clairvoyance's probes over HTTP, with the best of wordlists.

That tool sends many guesses in one document and reads from the errors which were right, what was meant, and of what
types things are. Its guesses here are all names of the schema. Every wrong document has the same answer, to the byte.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterator
from itertools import islice
from typing import Any

import httpx
import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from api.app import create_app
from domain.settings import Settings
from resolvers.bounds.limits import MAX_ROOT_FIELDS
from resolvers.schema import make_schema
from tests.api.serving import KEPT_S, KEY, NoStore, served
from tests.kit.building import parts_of
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.waiting import LONG_S

SCHEMA: Any = make_schema()._schema  # pyright: ignore[reportPrivateUsage]
WRONG = "zzqx"
BUCKET = 64
AT_THE_ROOT = MAX_ROOT_FIELDS - 1


def names() -> set[str]:
    """Every name of ours: types, fields, arguments, input fields, enum values."""
    found: set[str] = set()
    for name, type_ in SCHEMA.type_map.items():
        if name.startswith("__"):
            continue
        found.add(name)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            found |= type_.fields.keys()
            found |= {argument for field in type_.fields.values() for argument in getattr(field, "args", ())}
        elif isinstance(type_, GraphQLEnumType):
            found |= type_.values.keys()
    return found


NAMES = sorted(names())
GUESSES = sorted({*NAMES, *(name[:-1] for name in NAMES if len(name) > 3), *(f"{name}s" for name in NAMES)})
SINGLE = sorted(
    {
        *NAMES[::8],
        *(
            "by",
            "brand",
            "brands",
            "card",
            "code",
            "Customer",
            "CustomerBy",
            "customers",
            "externalId",
            "id",
            "include",
        ),
    }
    | {"input", "name", "rule", "segments", "source", "String"}
)


def buckets(size: int) -> Iterator[str]:
    words = iter(GUESSES)
    while bucket := list(islice(words, size)):
        yield " ".join([*bucket, WRONG])


ROOTS = ("{ FUZZ }", "mutation { FUZZ }", "{ customer(by: {card: \"x\"}) { FUZZ } }", "{ node(id: \"x\") { FUZZ } }",
    "{ brands { FUZZ } }", "{ segments { members { edges { node { FUZZ } } } } }",
    "{ ...F } fragment F on Customer { FUZZ }")  # fmt: skip
ONE_BY_ONE = (
    "{ FUZZ { zzqx } }",  # the type of a field, by a field that it cannot have
    "{ customer(FUZZ: 1) { number zzqx } }",
    "{ customer(by: {FUZZ: []}) { number } }",
    "{ brands(FUZZ: 1) { code } }",
    "mutation { segmentSave(input: {FUZZ: []}) { segment { id } } }",
    "mutation { customerMerge(FUZZ: 1) { decisionId } }",
    "{ ... on FUZZ { zzqx } }",
    "query($v: FUZZ) { zzqx }",
    "query($v: FUZZ!) { customer(by: $v) { number zzqx } }",
    "query($v: [FUZZ]) { brands { code } stores(brand: $v) { zzqx } }",
    "{ brands { code @FUZZ zzqx } }",
    "{ segments { rule(FUZZ: 1) } }",
    "{ FUZZ(zzqx: 1) }",
)
WORDLESS = (
    "{ brands }",  # must have a selection
    "{ brands { code { x } } }",  # must not have one
    "{ brands { code(x: 1) } }",
    "{ customer { number } }",  # a required argument
    "{ customer(by: 1) { number } }",  # an input object expected
    "{ customer(by: {}) { number } }",  # exactly one
    "{ customer(by: {card: 1}) { number } }",
    '{ customer(by: {card: "x", email: "y"}) { number } }',
    '{ customer(by: {externalId: {source: "x"}}) { number } }',  # a required input field
    "mutation { segmentSave { segment { id } } }",
    'mutation { segmentSave(input: {name: "x", rule: {channel: {channel: DELIVER}}}) { segment { id } } }',  # an enum
    'mutation { segmentSave(input: {name: "x", rule: {channel: {channel: 7}}}) { segment { id } } }',
    "query($v: Int) { customer(by: $v) { number } }",  # expects another type
    "query($v: Int) { customer(by: {card: $v}) { number } }",
    "query($v: Customer) { brands { code } }",  # no input type
    "{ ... on Brand { code } }",  # can never be
    "{ ... on String { x } }",  # no composite type
    "{ __schema { types { name } } }",
    '{ __type(name: "Customer") { name } }',
    "{ brands { code: name code } }",
    "{ stores(first: null) { zzqx } }",
)


@pytest.fixture(scope="module")
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings.model_validate({"environment": "production"})
    app = create_app(settings, parts=parts_of(NoStore()), sink=MemorySink(), quarantine=MemoryStore(), api_key=KEY)
    headers = {"x-api-key": KEY, "accept": "application/graphql-response+json"}
    # httpcore ends a connection that idled so long, even where it was just given to a request that has not begun:
    # with its usual 5 seconds a burst on a busy machine fails.
    kept = httpx.Limits(keepalive_expiry=KEPT_S / 2)
    async with (
        served(app) as url,
        httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S, limits=kept) as client,
    ):
        yield client


async def answer(client: httpx.AsyncClient, document: str, variables: Any = None) -> tuple[int, str]:
    found = await client.post("/graphql", json={"query": document, "variables": variables})
    return found.status_code, found.text


async def learned(client: httpx.AsyncClient, documents: list[str]) -> list[str]:
    """The documents that are answered otherwise than one with nothing right in it."""
    plain = await answer(client, "{ %s }" % WRONG)  # noqa: UP031
    answers: list[tuple[int, str]] = []
    for start in range(0, len(documents), 50):
        answers += await asyncio.gather(*(answer(client, one) for one in documents[start : start + 50]))
    return [document for document, found in zip(documents, answers, strict=True) if found != plain]


async def test_the_general_error_is_of_use(client: httpx.AsyncClient) -> None:
    status, text = await answer(client, "{ %s }" % WRONG)  # noqa: UP031
    [error] = json.loads(text)["errors"]
    assert (status, error["extensions"]["code"], bool(error["extensions"]["hint"])) == (400, "INVALID_INPUT", True)
    # What is wrong whatever the schema is, is told in full.
    _, text = await answer(client, "{ brands { code }")
    assert "Syntax Error" in text
    assert '"line":1' in text
    _, text = await answer(client, "{ brands {" + " ".join(f"a{n}: {WRONG}" for n in range(31)) + "} }")
    assert "aliases" in text


@pytest.mark.parametrize("root", ROOTS)
async def test_no_field_is_recovered_from_many_guesses(client: httpx.AsyncClient, root: str) -> None:
    # More root fields than may be are refused for their number alone, before any of them is looked at.
    size = AT_THE_ROOT if re.search(r"^(mutation )?\{ (FUZZ|\.\.\.F) \}", root) else BUCKET
    assert await learned(client, [root.replace("FUZZ", bucket) for bucket in buckets(size)]) == []


@pytest.mark.parametrize("form", ONE_BY_ONE)
async def test_nothing_is_recovered_from_single_guesses(client: httpx.AsyncClient, form: str) -> None:
    assert await learned(client, [form.replace("FUZZ", word) for word in SINGLE]) == []


async def test_no_message_names_a_type_or_what_is_wanted(client: httpx.AsyncClient) -> None:
    assert await learned(client, list(WORDLESS)) == []


@pytest.mark.parametrize(
    ("document", "form"),
    [
        ("query($v: CustomerBy!) { customer(by: $v) { number } }", lambda word: {word: []}),
        ("query($v: CustomerBy!) { customer(by: $v) { number } }", lambda word: {"externalId": {word: 1}}),
        ("mutation($v: SegmentSaveInput!) { segmentSave(input: $v) { segment { id } } }", lambda word: {word: []}),
        ("query($v: Int!) { stores(first: $v) { edges { cursor } } }", lambda word: word),
        ("query($v: Int!) { stores(first: $v) { edges { cursor } } }", lambda _: None),
    ],
)
async def test_no_input_field_is_recovered_by_variables(client: httpx.AsyncClient, document: str, form: Any) -> None:
    answers = {await answer(client, document, {"v": form(word)}) for word in (WRONG, *SINGLE)}
    [(status, text)] = answers
    [error] = json.loads(text)["errors"]
    assert (status, error["message"]) == (400, "The variable `$v` does not fit the schema.")


async def test_streams_tell_no_more(client: httpx.AsyncClient) -> None:
    texts: set[str] = set()
    for word in (WRONG, "profileChanged", "identityChange", "pointsChanged { cursor } profileChanged { cursor }"):
        headers = {"accept": "text/event-stream"}
        document = f"subscription {{ {word} {WRONG} }}"
        found = await client.post("/graphql", json={"query": document}, headers=headers)
        texts.add(found.text)
    [text] = texts
    assert not re.search("profileChanged|identityChanged|type", text)
