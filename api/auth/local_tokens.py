"""Tokens of guests and staff for local development: this machine signs them, so nobody needs an identity provider.

Only a service in development believes them. The key lies in the state directory, beside the administrator's key.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.exceptions import PyJWTError
from pydantic import ValidationError

from api.auth.identity_providers import GuestProvider, Provider, StaffProvider
from api.auth.jwt_tokens import caller_of
from domain.errors import SetupError
from domain.private_files import made_once
from identity.claims import ClaimsReader
from resolvers.access.caller import Caller, CallerKind
from resolvers.access.roles import ROLES

ISSUER = "regulars-local"
_ALGORITHM = "EdDSA"
_NEEDED = ["exp", "iat", "iss", "aud", "sub"]
_NO_ADDRESS = "http://localhost/"  # its keys are fetched from nowhere


@dataclass(slots=True)
class LocalTokens:
    """Finds the caller of a token that this machine signed."""

    folder: Path
    reader: ClaimsReader
    _key: Ed25519PublicKey | None = field(default=None)

    async def caller(self, text: str) -> Caller | None:
        """The caller; None where the text is no token of this machine, or no valid one."""
        if text.count(".") != 2:
            return None
        if self._key is None and (made := _stored(self.folder)) is not None:
            self._key = made.public_key()
        if self._key is None:
            return None
        try:
            claims = jwt.decode(
                text, self._key, algorithms=[_ALGORITHM], audience=ISSUER, issuer=ISSUER, options={"require": _NEEDED}
            )
            return caller_of(_provider(claims), claims, self.reader)
        except (PyJWTError, ValidationError, ValueError, RecursionError):
            return None


def guest_token(folder: Path, subject: str, *, brand: str, source: str, hours: int) -> str:
    """A token of the guest whose record has this id in the source. Raises ValidationError."""
    claims = {"kind": "guest", "brand": brand, "source": source}
    _provider(claims)
    return _signed(folder, subject, claims, hours)


def staff_token(folder: Path, name: str, *, roles: list[str], brands: list[str] | None, hours: int) -> str:
    """A token of somebody of the staff. Raises ValidationError."""
    claims = {"kind": "staff", "roles": roles, "brands": brands}
    _provider(claims)
    return _signed(folder, name, claims, hours)


def _provider(claims: dict[str, Any]) -> Provider:
    ours = {"issuer": ISSUER, "audience": ISSUER, "jwks_url": _NO_ADDRESS, "kind": claims.get("kind")}
    if claims.get("kind") == "guest":
        return GuestProvider.model_validate(ours | {name: claims.get(name) for name in ("brand", "source")})
    roles = {name: name for name, role in ROLES.items() if role.kind is CallerKind.STAFF}
    return StaffProvider.model_validate(ours | {"roles": roles, "brands": claims.get("brands")})


def _signed(folder: Path, subject: str, claims: dict[str, Any], hours: int) -> str:
    now = int(time.time())
    whole = claims | {"iss": ISSUER, "aud": ISSUER, "sub": subject, "iat": now, "exp": now + 3600 * hours}
    return jwt.encode(whole, _made(folder), _ALGORITHM)


def _path(folder: Path) -> Path:
    return folder / "tokens.key"


def _stored(folder: Path) -> Ed25519PrivateKey | None:
    try:
        key = load_pem_private_key(_path(folder).read_bytes(), None)
    except (OSError, ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PrivateKey) else None


def _made(folder: Path) -> Ed25519PrivateKey:
    """The key of this machine, which is made where it is missing."""
    made_once(
        _path(folder),
        lambda: Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )
    key = _stored(folder)
    if key is None:
        raise SetupError(f"{_path(folder)} holds no key.", hint="Delete it: the next token makes a new one.")
    return key
