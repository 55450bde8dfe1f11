"""Tokens of a real local identity provider: which are good, whose keys count, and for how long."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import httpx
import jwt
import orjson
import pytest
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from api.auth.identity_providers import GuestProvider, Provider, StaffProvider, providers
from api.auth.jwks import KeySets
from api.auth.jwt_tokens import Tokens
from domain.errors import SetupError, Unavailable
from identity.claims import ClaimsReader
from matching.policy import default
from privacy.vault import Vault
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.roles import ROLES
from tests.api.provider import AUDIENCE, IdentityProvider, running

READER = ClaimsReader(Vault(bytes(32)), default(), "US")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def provider() -> AsyncGenerator[IdentityProvider]:
    async with running() as provider:
        yield provider


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=5) as client:
        yield client


def guests_of(provider: IdentityProvider, **changes: Any) -> GuestProvider:
    content = {"kind": "guest", "brand": "pasta", "source": "app"} | changes
    return GuestProvider(issuer=provider.issuer, audience=AUDIENCE, jwks_url=provider.jwks_url, **content)


def staff_of(provider: IdentityProvider, **changes: Any) -> StaffProvider:
    content: dict[str, Any] = {"kind": "staff", "roles": {"crm": "agent", "dpo": "privacy_officer"}} | changes
    return StaffProvider(issuer=provider.issuer, audience=AUDIENCE, jwks_url=provider.jwks_url, **content)


def tokens(client: httpx.AsyncClient, *known: Provider, clock: Clock | None = None) -> Tokens:
    keys = KeySets(client, keep_s=300, clock=clock or Clock())
    return Tokens({one.issuer: one for one in known}, keys, READER, leeway_s=30)


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
    provider.takes = 1.0
    asking = asyncio.create_task(ours.caller(invented))
    await asyncio.sleep(0.1)
    started = time.perf_counter()
    assert await ours.caller(good) is not None
    assert time.perf_counter() - started < 0.5
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


GOOD = {"issuer": "https://i", "audience": "a", "jwks_url": "https://i/k"}
GUEST = GOOD | {"kind": "guest", "brand": "b", "source": "s"}


def test_the_file(tmp_path: Path) -> None:
    file = tmp_path / "providers.yaml"
    file.write_bytes(orjson.dumps([GUEST, GOOD | {"issuer": "j", "kind": "staff", "roles": {"x": "agent"}}]))
    assert list(providers(file)) == ["https://i", "j"]
    assert providers(None) == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([GUEST, GUEST], "same issuer"),
        ([GUEST | {"jwks_url": "http://i/k"}], "https"),
        ([GUEST | {"jwks_url": "file:///k"}], "https"),
        ([GUEST | {"brnad": "x"}], "brnad"),
        ([GOOD], "kind"),
        ([GOOD | {"kind": "staff", "roles": {"x": "guest"}}], "no role of staff"),
        ([GOOD | {"kind": "staff", "roles": {"x": "till"}}], "no role of staff"),
        ([GOOD | {"kind": "staff"}], "roles"),
        ("{", "list"),
    ],
)
def test_a_file_that_does_not_hold_together(tmp_path: Path, content: Any, words: str) -> None:
    file = tmp_path / "providers.yaml"
    file.write_bytes(orjson.dumps(content))
    with pytest.raises(SetupError, match=words):
        providers(file)
    with pytest.raises(SetupError, match="read"):
        providers(tmp_path / "none.yaml")
