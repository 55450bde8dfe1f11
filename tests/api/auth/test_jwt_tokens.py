"""Tokens of a real local identity provider: which are good, whose keys count, and for how long."""

from __future__ import annotations

import base64
import time
from typing import Any

import httpx
import jwt
import orjson
import pytest
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from resolvers.access.caller import Caller, CallerKind
from resolvers.access.roles import ROLES
from tests.api.provider import READER, IdentityProvider, guests_of, running, staff_of, tokens


@pytest.mark.parametrize("kid", ["RS256-1", "ES256-1", "EdDSA-1"])
async def test_a_guest_is_one_record_of_one_brand(
    provider: IdentityProvider, client: httpx.AsyncClient, kid: str
) -> None:
    answer = await client.post(f"{provider.issuer}/token", json={"subject": "g-1", "kid": kid})
    caller = await tokens(client, guests_of(provider)).caller(answer.json()["access_token"])
    assert caller is not None
    assert (caller.kind, caller.scopes, caller.brands) == (CallerKind.GUEST, ROLES["guest"].scopes, {"pasta"})
    assert caller.subject == READER.record_key("app", "g-1")
    assert "g-1" not in caller.name


async def test_staff_have_the_scopes_of_their_roles(provider: IdentityProvider, client: httpx.AsyncClient) -> None:
    ours = tokens(client, staff_of(provider))

    async def of(**claims: Any) -> Caller | None:
        return await ours.caller(provider.token("s-1", **claims))

    agent = await of(roles=["crm"])
    assert agent is not None
    assert (agent.kind, agent.scopes, agent.brands, agent.subject) == (
        CallerKind.STAFF,
        ROLES["agent"].scopes,
        None,
        None,
    )
    both = await of(roles=["crm", "dpo", "unknown", 7])
    assert both is not None
    assert both.scopes == ROLES["agent"].scopes | ROLES["privacy_officer"].scopes
    one = await of(roles="dpo")
    assert one is not None
    # A role of ours in the token is not a role of the provider's: only the file says what is what.
    for roles in (["admin"], ["agent"], [], None, {"crm": True}, [["crm"]]):
        assert await of(roles=roles) is None, roles
    limited = await tokens(client, staff_of(provider, brands=["pasta"])).caller(provider.token("s-1", roles=["crm"]))
    assert limited is not None
    assert (limited.brands, limited.sources) == ({"pasta"}, frozenset())


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": None},
        {"aud": []},
        {"exp": int(time.time()) - 60},
        {"exp": None},
        {"iat": None},
        {"iat": int(time.time()) + 3_600, "exp": int(time.time()) + 7_200},
        {"nbf": int(time.time()) + 3_600},
        {"exp": int(time.time()) + 10 * 86_400},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 201},
        {"headers": {"crit": ["x"], "x": 1}},
        {"headers": {"typ": "dpop+jwt"}},
        {"headers": {"kid": "unknown"}},
        {"headers": {"kid": ""}},
    ],
)
async def test_what_is_no_good_token(
    provider: IdentityProvider, client: httpx.AsyncClient, changes: dict[str, Any]
) -> None:
    subject = changes.get("sub", "g-1")
    claims = {name: value for name, value in changes.items() if name != "sub"}
    token = provider.token(subject, **claims) if subject is not None else unsigned_subject(provider)
    assert await tokens(client, guests_of(provider)).caller(token) is None


def unsigned_subject(provider: IdentityProvider) -> str:
    claims = {name: value for name, value in provider.claims("x").items() if name != "sub"}
    return jwt.encode(claims, provider.keys["RS256-1"][1], "RS256", headers={"kid": "RS256-1"})


async def test_clocks_may_differ_a_little(provider: IdentityProvider, client: httpx.AsyncClient) -> None:
    ours, now = tokens(client, guests_of(provider)), int(time.time())
    assert await ours.caller(provider.token("g", exp=now - 20)) is not None
    assert await ours.caller(provider.token("g", iat=now + 20, nbf=now + 20)) is not None
    assert await ours.caller(provider.token("g", exp=now - 40)) is None


async def test_forged_tokens(provider: IdentityProvider, client: httpx.AsyncClient) -> None:
    ours = tokens(client, guests_of(provider))
    claims = provider.claims("g-1")
    good = provider.token("g-1")
    pem = provider.keys["RS256-1"][1].public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )  # fmt: skip
    stranger = rsa.generate_private_key(65537, 2048)
    own = orjson.loads(jwt.algorithms.RSAAlgorithm.to_jwk(stranger.public_key()))
    head, body, signature = good.split(".")

    def part(content: Any) -> str:
        return base64.urlsafe_b64encode(orjson.dumps(content)).decode().rstrip("=")

    hmac_head = part({"alg": "HS256", "typ": "JWT", "kid": "RS256-1"})
    with_public_key = jwt.api_jws.PyJWS().get_algorithm_by_name("HS256")
    digest = with_public_key.sign(f"{hmac_head}.{body}".encode(), pem)
    forged = [
        f"{part({'alg': 'none', 'kid': 'RS256-1'})}.{body}.",
        f"{part({'alg': 'None', 'kid': 'RS256-1'})}.{body}.{signature}",
        f"{hmac_head}.{body}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}",
        f"{head}.{part(claims | {'sub': 'g-2'})}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-8]}AAAAAAAA",
        jwt.encode(claims, stranger, "RS256", headers={"kid": "RS256-1"}),
        jwt.encode(claims, stranger, "RS256", headers={"kid": "RS256-1", "jwk": own}),
        jwt.encode(claims, stranger, "RS256", headers={"kid": "own", "jku": f"{provider.issuer}/evil.json"}),
        jwt.encode(claims, stranger, "RS256", headers={"kid": "../../dev/null"}),
        jwt.encode(claims, stranger, "RS256", headers={"kid": "x' OR '1'='1"}),
        jwt.encode(claims, provider.keys["RS256-1"][1], "RS512", headers={"kid": "RS256-1"}),
        jwt.encode(claims, provider.keys["RS256-1"][1], "PS256", headers={"kid": "RS256-1"}),
        jwt.encode(claims, provider.keys["RS256-1"][1], "RS256", headers={"kid": "ES256-1"}),
        jwt.encode(claims, provider.keys["ES256-1"][1], "ES256", headers={"kid": "RS256-1"}),
        jwt.encode(claims, provider.keys["RS256-1"][1], "RS256"),
        "a.b.c",
        "..",
        good + ".x",
        "x" * 9_000,
    ]
    for token in forged:
        assert await ours.caller(token) is None, token
    assert await ours.caller(good) is not None


async def test_a_providers_token_is_good_for_its_own_guests_only(client: httpx.AsyncClient) -> None:
    async with running() as pasta, running() as burger:
        ours = tokens(client, guests_of(pasta), guests_of(burger, brand="burger", source="burger-app"))
        token = jwt.encode(pasta.claims("g"), burger.keys["RS256-1"][1], "RS256", headers={"kid": "RS256-1"})
        assert await ours.caller(token) is None
        theirs = await ours.caller(burger.token("g"))
        assert theirs is not None
        assert (theirs.brands, theirs.subject) == ({"burger"}, READER.record_key("burger-app", "g"))


async def test_nothing_of_a_token_is_logged(provider: IdentityProvider, client: httpx.AsyncClient) -> None:
    ours = tokens(client, guests_of(provider))
    with structlog.testing.capture_logs() as logs:
        await ours.caller(provider.token("jane@example.org", exp=1, iat=0))
        caller = await ours.caller(provider.token("jane@example.org"))
    assert logs
    assert "jane" not in repr(logs) + repr(caller)
