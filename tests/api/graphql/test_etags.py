"""Conditional reads of trusted documents: no body where nothing changed, never a stale answer, nothing for others."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.auth.key_ring import make
from graph.service_keys import ServiceKeys
from resolvers.access.caller import PROFILE_READ
from tests.api.serving import KEY, served
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import ANN_AT_TILL, PHONE, Story, order
from tests.kit.waiting import LONG_S

pytestmark = pytest.mark.neo4j

POINTS = "query($n: String!) { customer(by: {customerNumber: $n}) { number loyaltyBalance { points } } }"
RESPONSE = "application/graphql-response+json"


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("manifest") / "documents.json"
    path.write_text(json.dumps({"points.1": POINTS}))
    return path


@pytest.fixture(scope="module")
async def client(story: Story, manifest: Path) -> AsyncGenerator[httpx.AsyncClient]:
    app = create_app(
        story.settings.model_copy(update={"graphql_documents": manifest, "environment": "production"}),
        parts=story.parts,
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key=KEY,
    )
    headers = {"x-api-key": KEY, "accept": RESPONSE}
    async with served(app) as url, httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S) as client:
        yield client


async def read(client: httpx.AsyncClient, number: str, known: str | None = None, **headers: str) -> httpx.Response:
    params = {"documentId": "points.1", "variables": json.dumps({"n": number})}
    given = headers | ({"if-none-match": known} if known is not None else {})
    return await client.get("/graphql", params=params, headers=given)


async def test_what_is_known_is_not_sent_again_and_never_stale(client: httpx.AsyncClient, story: Story) -> None:
    number = await story.number(phone=PHONE)
    first = await read(client, number)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert {"Authorization", "X-API-Key", "Accept"} <= set(first.headers["vary"].split(", "))
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = await read(client, number, known)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), known
        assert again.headers["cache-control"] == "private, no-cache"
    assert (await read(client, number, '"other"')).status_code == 200
    assert (await read(client, number, tag.strip('W/"'))).status_code == 200  # no tag without its quotes
    for n in range(3):
        await story.take(order(f"26T1{n}:00", f"e-{n}", "pasta", "10.00", ANN_AT_TILL))
        after = await read(client, number, tag)
        assert after.status_code == 200
        assert after.json()["data"]["customer"]["loyaltyBalance"]["points"] == 118 + 10 * n
        tag = after.headers["etag"]


async def test_a_tag_is_of_one_callers_answer(client: httpx.AsyncClient, story: Story) -> None:
    number = await story.number(phone=PHONE)
    tag = (await read(client, number)).headers["etag"]
    made = make()
    await ServiceKeys(story.database).create(
        made.id, name="burger", hash_=made.hash, scopes=[PROFILE_READ], brands=["burger"], sources=None, stores=None,
        expires_at=None,
    )  # fmt: skip
    mine = await read(client, number, tag, **{"x-api-key": made.text})
    assert mine.status_code == 200
    assert mine.json()["data"]["customer"]["loyaltyBalance"]["points"] == 18
    assert (await read(client, number, tag, **{"x-api-key": "wrong"})).status_code == 401
    bob = await story.number(card="B-55501")
    unseen, nobody = [await read(client, n, **{"x-api-key": made.text}) for n in (bob, "CUST-0000-0000-0000")]
    assert unseen.headers["etag"] == nobody.headers["etag"]


async def test_other_requests_have_no_tag(client: httpx.AsyncClient, story: Story) -> None:
    number = await story.number(phone=PHONE)
    content = {"documentId": "points.1", "variables": {"n": number}}
    plain = {"query": POINTS, "variables": json.dumps({"n": number})}
    for answer in (
        await client.post("/graphql", json=content, headers={"if-none-match": "*"}),
        await client.get("/graphql", params=plain, headers={"if-none-match": "*"}),
    ):
        assert (answer.status_code, "etag" in answer.headers) == (200, False)
        assert answer.headers["cache-control"] == "no-store"
    refused = await client.get("/graphql", params={"documentId": "points.1"}, headers={"if-none-match": "*"})
    assert (refused.status_code, "etag" in refused.headers) == (400, False)
