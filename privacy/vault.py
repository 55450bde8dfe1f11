"""Seals contact data at rest and turns identifiers into keyed hashes, so that a copy of the store names nobody.

One master key (32 bytes) is split by HKDF-SHA-256 (RFC 5869) into a sealing key (AES-256-GCM, NIST SP 800-38D) and a
hashing key (HMAC-SHA-256, RFC 2104). A sealed blob is `version (1 byte) | nonce (12) | ciphertext and tag`; the
`owner` it was sealed for is authenticated, so a blob copied to another node does not open there. Version 1 holds JSON,
version 2 JSON that was made compact before (`privacy.compaction`).
"""

from __future__ import annotations

import base64
import hmac
import os
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.errors import SetupError, UnreadableValue
from domain.private_files import made_once
from domain.settings import Settings
from privacy.compaction import compact, expand

_PLAIN, _COMPACT = b"\x01", b"\x02"
_KEY_BYTES = 32
_DIGEST_BYTES = 16  # 128 bits: no collision to fear below 10^15 values, and half the store of a full digest


class Vault:
    """Seals, opens and hashes under one master key. Safe to share between tasks and threads."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != _KEY_BYTES:
            raise SetupError(
                f"The vault key has {len(master_key)} bytes, not {_KEY_BYTES}.",
                hint="Set REGULARS_VAULT_KEY to the base64 of 32 random bytes.",
            )
        self._aead = AESGCM(_derive(master_key, b"regulars seal v1"))
        self._hash_key = _derive(master_key, b"regulars hash v1")
        self._signer_seed = _derive(master_key, b"regulars sign v1")

    def keyed(self, kind: str, value: str) -> str:
        """A hash of the value that only this key can make; equal values of one kind give equal text (22 characters)."""
        message = f"{kind}\x1f{value}".encode()
        digest = hmac.digest(self._hash_key, message, "sha256")[:_DIGEST_BYTES]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @property
    def signer(self) -> Ed25519PrivateKey:
        """Signs what others check without a connection; the same key on every process with this master key."""
        return Ed25519PrivateKey.from_private_bytes(self._signer_seed)

    def seal(self, owner: str, content: Any) -> bytes:
        """The content (anything JSON can hold) encrypted for `owner`."""
        return self._sealed(_PLAIN, owner, orjson.dumps(content))

    def seal_compact(self, owner: str, text: bytes) -> bytes:
        """The JSON text, made compact and encrypted for `owner`. Its length still shows about how much it holds."""
        return self._sealed(_COMPACT, owner, compact(text))

    def open(self, owner: str, sealed: bytes) -> Any:
        """What was sealed for `owner`. Raises UnreadableValue where the key or the owner is another."""
        version = sealed[:1]
        if version not in (_PLAIN, _COMPACT):
            raise UnreadableValue("A sealed value has an unknown version.", hint="Was it written by a newer release?")
        try:
            text = self._aead.decrypt(sealed[1:13], sealed[13:], owner.encode())
            return orjson.loads(text if version == _PLAIN else expand(text))
        except (InvalidTag, ValueError):  # ValueError: too short to hold a nonce
            raise UnreadableValue(
                "A sealed value does not open with this vault key.",
                hint="Set REGULARS_VAULT_KEY to the key that this store was written with.",
            ) from None

    def _sealed(self, version: bytes, owner: str, text: bytes) -> bytes:
        nonce = os.urandom(12)
        return version + nonce + self._aead.encrypt(nonce, text, owner.encode())


def open_vault(settings: Settings) -> Vault:
    """The vault of these settings; makes a key file (mode 0600) under the state directory where no key is set."""
    if settings.vault_key is not None:
        return Vault(_decode(settings.vault_key.get_secret_value(), "REGULARS_VAULT_KEY"))
    text = made_once(settings.state_dir / "vault.key", lambda: base64.b64encode(os.urandom(_KEY_BYTES)))
    return Vault(_decode(text.decode(), "the vault.key file"))


def _decode(text: str, where: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except ValueError:
        raise SetupError(f"The vault key in {where} is not base64.", hint="Make one: openssl rand -base64 32") from None


def _derive(master_key: bytes, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=purpose).derive(master_key)
