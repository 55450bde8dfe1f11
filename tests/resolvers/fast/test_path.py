"""The fast path answers what the ordinary executor does, or leaves it to that: on thousands of random documents, on
data that nobody meant to store, and under each caller's scopes.

`RANDOM_DOCUMENTS=5000 pytest tests/resolvers/test_fast.py` tries as many.

Tests resolvers.fast.document_compiler and resolvers.fast.covered_document too.
"""

from __future__ import annotations

import asyncio
import copy
import os
import random
from collections.abc import Collection
from typing import Any

import orjson
import pytest
from strawberry.types import ExecutionResult

from bench.kit.random_documents import RandomDocuments
from domain.errors import Unavailable
from graph.customers import Customers, Finder, Profile, ProfilePart, Reading
from resolvers.access.caller import ALL_SCOPES, EVENT_WRITE, PII_READ, Caller
from resolvers.context import Context
from resolvers.fast.path import DOCUMENTS, PLANS, FastPath
from resolvers.kit.graphql_errors import formatted
from tests.kit.story import EMAIL, NOW, SHARED_PHONE, Story

pytestmark = pytest.mark.neo4j
RANDOM_DOCUMENTS = int(os.environ.get("RANDOM_DOCUMENTS", "250"))
JUNK = (None, "", "x", "2026-13-45", -1, 0, 2**31, 2**53, 1.5, float("nan"), float("inf"), True, [], {}, [None], b"x")
BY_EMAIL = "query($e: String!) { customer(by: {email: $e}) { number } }"
BY_PHONE = "query($p: String!) { customer(by: {phone: $p}) { number } }"
BY_ANY = "query($b: CustomerBy!) { customer(by: $b) { number } }"
PAGE = "query($e: String!, $n: Int) { customer(by: {email: $e}) { transactions(first: $n) { edges { cursor } } } }"
VISITS = "query($e: String!) { customer(by: {email: $e}) { lastVisits(first: 11) { at } } }"
NUMBER = "query Q($n: String!) { customer(by: {customerNumber: $n}) { number name emails } }"


def context_of(story: Story, scopes: frozenset[str] = ALL_SCOPES) -> Context:
    return Context(story.parts, story.settings, Caller("test", scopes), request_id="r", now=NOW)


def shown(result: ExecutionResult) -> bytes:
    """The answer to the byte, the order of keys included."""
    errors = [formatted(error, request_id="r") for error in result.errors or ()]
    return orjson.dumps([result.data, errors], default=repr)


class Both:
    """Asks both executors."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.fast = FastPath(story.schema)

    async def ask(
        self, document: str, variables: dict[str, Any] | None = None, context: Context | None = None
    ) -> tuple[ExecutionResult, ExecutionResult | None]:
        context = context or context_of(self.story)
        ordinary = await self.story.schema.execute(document, variable_values=variables, context_value=context)
        self.fast.learn(document, None)
        return ordinary, await self.fast.execute(document, None, variables, context)


async def test_random_documents(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(monkeypatch)
    number = await story.number(email=EMAIL)
    drawn = RandomDocuments(story.schema._schema, random.Random(5), number)  # pyright: ignore[reportPrivateUsage]
    both, valid = Both(story), 0
    for _ in range(RANDOM_DOCUMENTS):
        document, variables = drawn.draw()
        for scopes in (ALL_SCOPES, ALL_SCOPES - {PII_READ}):
            ordinary, fast = await both.ask(document, variables, context_of(story, scopes))
            if ordinary.data is None:
                break  # past a limit of documents
            valid += 1
            assert not ordinary.errors, document
            assert fast is not None, document
            assert shown(fast) == shown(ordinary), document
    assert valid > RANDOM_DOCUMENTS


async def test_fragments_on_interfaces_and_unions_are_opened(story: Story) -> None:
    document = """query($n: String!) { customer(by: {customerNumber: $n}) {
      ... on Node { id ... on Segment { count } } ... on _Entity { ... on Customer { number } ... on Brand { code } }
    } }"""
    ordinary, fast = await Both(story).ask(document, {"n": await story.number(email=EMAIL)})
    assert fast is not None
    assert shown(fast) == shown(ordinary)
    assert ordinary.data is not None
    assert set(ordinary.data["customer"]) == {"id", "number"}


async def test_what_nobody_selects_is_not_read(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    find = remember(monkeypatch)
    both = Both(story)
    document = """query($n: String!) { customer(by: {customerNumber: $n}) {
      linkedIdentities { source identifiers { display } } transactions(first: 2) { edges { node { total { amount } } } }
    } }"""
    _, fast = await both.ask(document, {"n": await story.number(email=EMAIL)})
    assert fast is not None
    [records, transactions] = [find.last[0].parts[part] for part in sorted(find.last[0].parts, key=lambda p: p.name)]
    assert [set(row) for row in records] == [{"key", "source", "identifiers"}] * len(records)
    assert {frozenset(row) for record in records for row in record["identifiers"]} == {frozenset(("key", "display"))}
    assert [set(row) for row in transactions] == [{"totalMinor", "currency"}] * len(transactions)
    assert set(find.last[0].base) == {"number"}
    assert records
    assert transactions


async def test_data_that_nobody_meant_to_store(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store's rows with one value replaced at a time: the fast path is right or is silent."""
    rng = random.Random(6)
    find = remember(monkeypatch)
    number = await story.number(email=EMAIL)
    drawn = RandomDocuments(story.schema._schema, rng, number)  # pyright: ignore[reportPrivateUsage]
    both, silent, failed = Both(story), 0, 0

    async def corrupt(customers: Customers, finder: Finder, parts: Collection[ProfilePart] = ()) -> list[Profile]:
        return [corrupted]

    for _ in range(RANDOM_DOCUMENTS):
        document, variables = drawn.draw()
        monkeypatch.setattr(Customers, "find_shared", find)
        if (await both.ask(document, variables))[0].data is None:
            continue
        [profile] = [found for found in find.last if found]
        monkeypatch.setattr(Customers, "find_shared", corrupt)
        for _ in range(3):
            corrupted = Profile(copy.deepcopy(profile.base), copy.deepcopy(profile.parts))
            spoil([corrupted.base, *corrupted.parts.values()], rng)
            ordinary, fast = await both.ask(document, variables)
            failed += bool(ordinary.errors)
            silent += fast is None
            assert fast is None or shown(fast) == shown(ordinary), document
    assert failed > RANDOM_DOCUMENTS / 20, "corruption that nothing notices tests nothing"
    assert silent < 2 * failed + RANDOM_DOCUMENTS / 10, "what is plainly right is answered fast"


def remember(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Reads each profile once, and tells what was read last."""
    known: dict[Any, list[Profile]] = {}
    find_shared = Customers.find_shared

    async def find(customers: Customers, finder: Finder, parts: Collection[ProfilePart] = ()) -> list[Profile]:
        key = (finder.text, orjson.dumps(finder.parameters), Reading.of(parts))
        if key not in known:
            known[key] = await find_shared(customers, finder, parts)
        find.last = known[key]  # pyright: ignore[reportFunctionMemberAccess]
        return known[key]

    monkeypatch.setattr(Customers, "find_shared", find)
    return find


def spoil(values: Any, rng: random.Random) -> None:
    """Puts junk in the place of one value, at any depth."""
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, below in inner:
            places.append((value, key))
            walk(below)

    for value in values:
        walk(value)
    holder, key = rng.choice(places)
    holder[key] = rng.choice(JUNK)


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        (BY_EMAIL, {"e": "nobody@example.org"}),
        (BY_EMAIL, {"e": "no e-mail"}),
        (BY_PHONE, {"p": SHARED_PHONE}),
        (BY_PHONE, {"p": "123"}),
        (BY_PHONE, {"p": None}),
        (BY_PHONE, {"p": 5}),
        (BY_PHONE, {}),
        (BY_ANY, {"b": {"email": EMAIL}}),
        (BY_ANY, {"b": {"email": EMAIL, "phone": "1"}}),
        (PAGE, {"e": EMAIL, "n": 0}),
        (PAGE, {"e": EMAIL, "n": 2**40}),
        (PAGE, {"e": EMAIL, "n": None}),
        (VISITS, {"e": EMAIL}),
    ],
)
async def test_requests_that_are_wrong_or_find_nobody(
    story: Story, document: str, variables: dict[str, Any] | None
) -> None:
    both = Both(story)
    # Learnt from a request that was right.
    both.fast.learn(document, None)
    ordinary, fast = await both.ask(document, variables)
    assert fast is None or shown(fast) == shown(ordinary)
    assert fast is not None or ordinary.errors


async def test_scopes_hold(story: Story) -> None:
    both = Both(story)
    number = await story.number(email=EMAIL)
    ordinary, fast = await both.ask(NUMBER, {"n": number}, context_of(story, frozenset((EVENT_WRITE,))))
    assert fast is None
    assert ordinary.data == {"customer": None}
    _, masked = await both.ask(NUMBER, {"n": number}, context_of(story, ALL_SCOPES - {PII_READ}))
    assert masked is not None
    assert EMAIL.encode() not in shown(masked)


@pytest.mark.parametrize(
    "document",
    [
        "mutation { segmentDelete(id: \"x\") { userErrors { message } } }",
        "{ brands { code } }",
        "{ customer(by: {card: \"1\"}) { number } brands { code } }",
        "{ customer(by: {card: \"1\"}, asOf: \"2026-01-01T00:00:00Z\") { number } }",
        "query($c: String) { customer(by: {card: \"1\"}) { transactions(first: 1, after: $c) { edges { cursor } } } }",
        "{ customer(by: {card: \"1\"}) @include(if: true) { number } }",
        "{ node(id: \"x\") { id } }",
        "{ __typename }",
    ],
)  # fmt: skip
async def test_what_is_not_covered_is_left_alone(story: Story, document: str) -> None:
    assert (await Both(story).ask(document))[1] is None


async def test_a_document_is_not_believed_before_it_was_executed(story: Story) -> None:
    fast = FastPath(story.schema)
    assert await fast.execute(NUMBER, None, {"n": "CUST-0000-0000-0000"}, context_of(story)) is None


async def test_plans_are_bounded(story: Story) -> None:
    fast = FastPath(story.schema)
    for count in range(DOCUMENTS + 10):
        fast.learn(f'{{ customer(by: {{card: "{count}"}}) {{ number }} }}', None)
    assert len(fast._prepared) == DOCUMENTS  # pyright: ignore[reportPrivateUsage]
    document = 'query($n: Int!) { customer(by: {card: "1"}) { transactions(first: $n) { edges { cursor } } } }'
    fast.learn(document, None)
    for size in range(1, 101):
        assert await fast.execute(document, None, {"n": size}, context_of(story)) is not None
    assert len(fast._prepared[document, None].plans) == PLANS  # pyright: ignore


async def test_readers_share_a_round_trip_and_get_their_own(story: Story) -> None:
    both = Both(story)
    numbers = [await story.number(email=EMAIL), await story.number(card="B-55501"), "CUST-0000-0000-0000"]
    await both.ask(NUMBER, {"n": numbers[0]})
    before = story.database.round_trips
    answers = await asyncio.gather(
        *(both.fast.execute(NUMBER, None, {"n": numbers[turn % 3]}, context_of(story)) for turn in range(30))
    )
    assert story.database.round_trips - before == 3  # the first, and the others by halves
    for turn, answer in enumerate(answers):
        assert answer is not None
        found = answer.data["customer"] if answer.data else None
        assert (found and found["number"]) == (numbers[turn % 3] if turn % 3 < 2 else None)


async def test_a_store_that_does_not_answer_is_told_once(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    both, tries = Both(story), 0

    async def gone(*_: Any) -> list[Profile]:
        nonlocal tries
        tries += 1
        raise Unavailable("The graph store does not answer.")

    monkeypatch.setattr(Customers, "find_shared", gone)
    ordinary, fast = await both.ask(NUMBER, {"n": "CUST-0000-0000-0000"})
    assert fast is not None
    assert shown(fast) == shown(ordinary)
    assert tries == 2
