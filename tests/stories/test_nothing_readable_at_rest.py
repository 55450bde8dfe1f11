"""What stands on disk after a world was taken: no e-mail address, phone number, name or street of it, in any file.

Neo4j packs short text into a few bits a letter, where no search of bytes finds it. So the store's values are searched
through Bolt as well, where each is itself again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.auth.authenticate import ensure_api_key
from bench.kit.children import serving
from bench.kit.stream import stream
from domain.settings import Settings
from graph.local import LocalNeo4j
from runtime.service import open_database
from tests.kit.ports import free_ports
from world import World, WorldConfig

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

PLANTED = "Planted.By-The_Test@leaky-provider.net (ü, ж: no alphabet packs this)"
VALUES = """
MATCH (n) RETURN properties(n) AS properties
UNION ALL
MATCH ()-[r]->() RETURN properties(r) AS properties
"""
KEYS = {"vault.key", "api.key", "password"}


def needles(world: World) -> set[bytes]:
    """Raw values long enough that no other text holds them by chance."""
    found: set[str] = set()
    for person in world.people():
        record = person.record()
        found |= set(record["emails"]) | {email.split("@")[0] for email in record["emails"]}
        found |= {phone.removeprefix("+1") for phone in record["phones"]}
        found |= {f"{record['givenName']} {record['familyName']}", f"{record['familyName']}, {record['givenName']}"}
        found |= {address["line1"] for address in record["addresses"]}
    return {value.encode() for value in found if len(value) >= 8}


def files(settings: Settings) -> Iterator[tuple[Path, bytes]]:
    """Every file of the state directory, zeros left out: stores are full of them, and UTF-16 becomes readable so."""
    for path in sorted(settings.state_dir.rglob("*")):
        if path.is_file() and path.name not in KEYS:
            yield path, path.read_bytes().replace(b"\0", b"")


async def test_no_file_holds_contact_data(tmp_path: Path, neo4j_settings: Callable[..., Settings]) -> None:
    settings = neo4j_settings(tmp_path, port=free_ports())
    local = LocalNeo4j(settings)
    local.start(tied_to_parent=True)
    world = World(WorldConfig(people=60, block_people=60))
    url = f"http://{settings.host}:{settings.port}"
    try:
        with serving(settings, tmp_path / "service.log"):
            key = ensure_api_key(settings)
            await stream((event for event, _ in world.events()), url, key)
            await _ask_wrongly(url, key, next(iter(world.people())).record())
        async with open_database(settings) as database:
            await database.run_schema("CREATE (:Planted {email: $email})", email=PLANTED)
            values = await database.run_schema(VALUES)
    finally:
        local.stop()
    searched = list(files(settings))
    assert any(PLANTED.encode() in content for _, content in searched), "the search would find nothing at all"
    wanted = needles(world)
    assert len(wanted) > 200
    stored = "\n".join(str(row["properties"]) for row in values).encode()
    assert PLANTED.encode() in stored
    assert [needle for needle in wanted if needle in stored] == []
    leaks = {path.name for path, content in searched if any(needle in content for needle in wanted)}
    assert leaks == set()


async def _ask_wrongly(url: str, key: str, person: dict[str, Any]) -> None:
    """Queries and events with contact data in them, right and wrong: none may reach a log."""
    email, phone = person["emails"][0], person["phones"][0]
    headers = {"Authorization": f"Bearer {key}"}
    documents = [
        f'{{ customer(by: {{email: "{email}"}}) {{ name nothing }} }}',
        f'{{ customer(by: {{email: "{email}"}}) {{ name emails }} }}',
        f'{{ customer(by: {{phone: "{phone}x"}}) {{ name }} }}',
        f'{{ customerSearch(text: "{email}") {{ edges {{ node {{ name }} }} }} }}',
    ]
    bad = {
        "type": "identify",
        "version": 9,
        "messageId": email,
        "source": "leak",
        "subject": {"identifiers": {"email": email, "phone": phone}},
    }
    async with httpx.AsyncClient(base_url=url, headers=headers) as client:
        for document in documents:
            await client.post("/graphql", json={"query": document, "operationName": None})
        answer = await client.post("/v1/events", json=[bad])
        assert len(answer.json()["refused"]) == 1
        await client.get(f"/v1/events?email={email}")
