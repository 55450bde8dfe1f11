"""The rows of the table of permissions that are no fields of the schema: each cell is tried, allowed and refused."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from api.app import create_app
from graph.local import Running
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.permission_table import HTTP
from resolvers.access.roles import ROLES
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import EMAIL, PHONE, Story, event, order, told

pytestmark = pytest.mark.neo4j
KEY = "the-administrators"


class Roles:
    """Knows a caller of each role by the role's name."""

    def __init__(self, story: Story) -> None:
        self.guest = story.reader.record_key("app", "app-1")

    async def caller(self, text: str) -> Caller | None:
        role = ROLES.get(text)
        if role is None:
            return None
        if role.kind is CallerKind.GUEST:
            return Caller(text, role.scopes, role.kind, brands=frozenset({"pasta"}), subject=self.guest)
        return Caller(text, role.scopes, role.kind)


@pytest.fixture(scope="module")
async def client(neo4j_server: Running) -> AsyncGenerator[httpx.AsyncClient]:
    async with told(neo4j_server) as story:
        app = create_app(
            story.settings,
            parts=story.parts,
            sink=MemorySink(),
            quarantine=MemoryStore(),
            api_key=KEY,
            tokens=Roles(story),
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars") as client:
            yield client


async def accepted(client: httpx.AsyncClient, role: str, raw: dict[str, Any]) -> bool:
    """Whether an event is taken: else the request or the event is refused, and no fault is to blame."""
    answer = await client.post("/v1/events", json=[raw], headers={"authorization": f"Bearer {role}"})
    if answer.status_code == 403:
        return False
    content = answer.json()
    assert (answer.status_code, content["accepted"] + len(content["refused"])) == (200, 1), content
    return content["accepted"] == 1


async def sends(client: httpx.AsyncClient, role: str) -> bool:
    subject = {"identifiers": {"phone": PHONE}}
    return await accepted(client, role, order("20T10:00", f"cell-{role}", "pasta", "1.00", subject))


async def claims(client: httpx.AsyncClient, role: str) -> bool:
    subject, previous = {"identifiers": {"email": EMAIL}}, {"identifiers": {"device_id": f"device-{role}"}}
    found = {
        await accepted(client, role, event("identify", "app", "20T10:00", subject=subject)),
        await accepted(client, role, event("alias", "app", "20T10:00", subject=subject, previous=previous)),
    }
    [one] = found
    return one


async def opens(client: httpx.AsyncClient, role: str) -> bool:
    subject, consent = {"identifiers": {"phone": PHONE}}, {"purpose": "cross_brand_profile", "granted": True}
    return await accepted(client, role, event("consent.changed", "app", "20T10:00", subject=subject, consent=consent))


async def measures(client: httpx.AsyncClient, role: str) -> bool:
    answer = await client.get("/metrics", headers={"authorization": f"Bearer {role}"})
    assert answer.status_code in (200, 403)
    return answer.status_code == 200


async def sees(client: httpx.AsyncClient, role: str) -> bool:
    root = "me" if role == "guest" else f"customer(by: {{phone: {json.dumps(PHONE)}}})"
    document = f"{{ guest: {root} {{ name emails phones }} }}"
    answer = await client.post("/graphql", json={"query": document}, headers={"authorization": f"Bearer {role}"})
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", ())}
    assert codes <= {"NOT_ALLOWED"}
    shown = "Ann Smith" in answer.text
    assert (EMAIL in answer.text) == shown
    assert not (codes and shown)
    return shown


CELLS = {
    ("`POST /v1/events`, Segment", "send"): sends,
    ("`identify` and `alias` events", "send"): claims,
    ("grants of `cross_brand_profile`", "send"): opens,
    ("`GET /metrics`", "read"): measures,
    ("contact data in clear", "read"): sees,
}


def test_every_row_is_tried() -> None:
    assert CELLS.keys() == HTTP.keys()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", CELLS, ids=lambda row: row[0])
async def test_every_cell(client: httpx.AsyncClient, row: tuple[str, str], role: str) -> None:
    assert await CELLS[row](client, role) == (HTTP[row].scope in ROLES[role].scopes)


async def test_nobody_is_no_role(client: httpx.AsyncClient) -> None:
    for path in ("/v1/events", "/graphql"):
        answer = await client.post(path, json=[], headers={"authorization": "Bearer nobody"})
        assert answer.status_code == 401
