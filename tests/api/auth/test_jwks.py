"""An identity provider's keys: which count, how long they are remembered, and what an invented key id costs."""

from __future__ import annotations

import asyncio
import base64

import httpx
import jwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from domain.errors import Unavailable
from tests.api.provider import Clock, IdentityProvider, guests_of, tokens
from tests.kit.waiting import until


async def test_a_providers_weak_or_private_keys_do_not_count(
    provider: IdentityProvider, client: httpx.AsyncClient
) -> None:
    weak = rsa.generate_private_key(65537, 1024)
    secret = base64.urlsafe_b64encode(b"s" * 32).decode().rstrip("=")
    provider.extra = [
        orjson.loads(jwt.algorithms.RSAAlgorithm.to_jwk(weak.public_key())) | {"kid": "weak"},
        {"kty": "oct", "k": secret, "kid": "oct", "alg": "HS256"},
        provider.public("ES256-1") | {"kid": "enc", "use": "enc"},
        {"kty": "RSA", "kid": "broken"},
        {"kid": 7},
        "nonsense",  # type: ignore[list-item]
    ]
    ours, claims = tokens(client, guests_of(provider)), provider.claims("g")
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        text = jwt.encode(claims, weak, "RS256", headers={"kid": "weak"})
    assert await ours.caller(text) is None
    assert await ours.caller(jwt.encode(claims, "s" * 32, "HS256", headers={"kid": "oct"})) is None
    es256 = provider.keys["ES256-1"][1]
    assert await ours.caller(jwt.encode(claims, es256, "ES256", headers={"kid": "enc"})) is None
    assert await ours.caller(provider.token("g", kid="ES256-1")) is not None


async def test_keys_are_remembered_and_rotated(provider: IdentityProvider, client: httpx.AsyncClient) -> None:
    clock = Clock()
    ours = tokens(client, guests_of(provider), clock=clock)
    old = provider.token("g")
    for _ in range(5):
        assert await ours.caller(old) is not None
    assert provider.fetches == 1
    provider.rotate("RS256", "RS256-2", retire="RS256-1")
    clock.now += 11
    assert await ours.caller(provider.token("g", kid="RS256-2")) is not None
    assert provider.fetches == 2
    assert await ours.caller(old) is None


async def test_invented_key_ids_do_not_ask_all_the_time(provider: IdentityProvider, client: httpx.AsyncClient) -> None:
    clock = Clock()
    ours = tokens(client, guests_of(provider), clock=clock)
    for number in range(20):
        assert await ours.caller(provider.token("g", headers={"kid": f"k{number}"})) is None
    assert provider.fetches == 1


async def test_who_has_a_good_key_does_not_wait_for_an_invented_one(
    provider: IdentityProvider, client: httpx.AsyncClient
) -> None:
    clock = Clock()
    ours = tokens(client, guests_of(provider), clock=clock)
    good, invented = provider.token("g"), provider.token("g", headers={"kid": "invented"})
    assert await ours.caller(good) is not None
    clock.now += 11
    provider.open.clear()
    asking = asyncio.create_task(ours.caller(invented))
    await until(lambda: provider.fetches == 2)
    assert await ours.caller(good) is not None
    assert not asking.done()
    provider.open.set()
    assert await asking is None
    assert provider.fetches == 2


async def test_while_a_provider_is_away(provider: IdentityProvider, client: httpx.AsyncClient) -> None:
    clock = Clock()
    ours, fresh = (tokens(client, guests_of(provider), clock=clock) for _ in range(2))
    text = provider.token("g")
    assert await ours.caller(text) is not None
    provider.up = False
    with pytest.raises(Unavailable):
        await fresh.caller(text)
    clock.now += 301
    assert await ours.caller(text) is not None
    clock.now += 300
    with pytest.raises(Unavailable):
        await ours.caller(text)
    provider.up = True
    clock.now += 11
    assert await ours.caller(text) is not None
