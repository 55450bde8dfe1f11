"""Tokens that this machine signs are believed in development, and only as what they say."""

from __future__ import annotations

import time
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from api.auth.local_tokens import ISSUER, LocalTokens, guest_token, staff_token
from resolvers.access.caller import CallerKind
from resolvers.access.roles import ROLES
from tests.api.provider import READER


async def test_a_guests_token_names_the_guests_own_record(tmp_path: Path) -> None:
    token = guest_token(tmp_path, "20931", brand="pasta", source="app", hours=1)
    caller = await LocalTokens(tmp_path, READER).caller(token)
    assert caller is not None
    assert (caller.kind, caller.brands, caller.scopes) == (CallerKind.GUEST, {"pasta"}, ROLES["guest"].scopes)
    assert caller.subject == READER.record_key("app", "20931")


async def test_staff_has_its_roles_and_brands(tmp_path: Path) -> None:
    finder = LocalTokens(tmp_path, READER)
    assert await finder.caller("a.b.c") is None  # before there is a key
    agent = await finder.caller(staff_token(tmp_path, "eva", roles=["agent"], brands=None, hours=1))
    assert agent is not None
    assert (agent.kind, agent.brands, agent.scopes) == (CallerKind.STAFF, None, ROLES["agent"].scopes)
    limited = await finder.caller(staff_token(tmp_path, "eva", roles=["marketer", "agent"], brands=["pasta"], hours=1))
    assert limited is not None
    assert limited.brands == {"pasta"}
    assert limited.scopes == ROLES["agent"].scopes | ROLES["marketer"].scopes
    assert await finder.caller(staff_token(tmp_path, "eva", roles=["till"], brands=None, hours=1)) is None


async def test_the_key_is_made_once_and_closed(tmp_path: Path) -> None:
    one = staff_token(tmp_path / "state", "eva", roles=["agent"], brands=None, hours=1)
    staff_token(tmp_path / "state", "eva", roles=["agent"], brands=None, hours=1)
    assert await LocalTokens(tmp_path / "state", READER).caller(one) is not None
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["tokens.key"]
    assert (tmp_path / "state" / "tokens.key").stat().st_mode & 0o777 == 0o600
    assert await LocalTokens(tmp_path, READER).caller(one) is None  # another machine


@pytest.mark.parametrize(
    "changed", [{"iss": "another"}, {"aud": "another"}, {"exp": 1}, {"brand": "not a slug"}, {"sub": ""}, {"kind": "x"}]
)
async def test_other_tokens_of_its_key_are_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    key, finder = Ed25519PrivateKey.generate(), LocalTokens(tmp_path, READER)
    finder._key = key.public_key()  # pyright: ignore[reportPrivateUsage]
    now = int(time.time())
    claims = {"kind": "guest", "brand": "pasta", "source": "app", "iss": ISSUER, "aud": ISSUER, "sub": "1"}
    claims |= {"iat": now, "exp": now + 60}
    assert await finder.caller(jwt.encode(claims, key, "EdDSA")) is not None
    assert await finder.caller(jwt.encode(claims | changed, key, "EdDSA")) is None
    assert await finder.caller(jwt.encode(claims, "secret" * 10, "HS256")) is None


def test_what_cannot_be_a_brand_is_not_signed(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        guest_token(tmp_path, "20931", brand="Forno Nine", source="app", hours=1)
