"""Identity providers, read from a YAML file: issuer, audience, keys, and what their tokens mean here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from domain.errors import SetupError
from domain.events import Slug
from resolvers.access.caller import CallerKind
from resolvers.access.roles import ROLES

_LOCAL = frozenset(("localhost", "127.0.0.1", "::1"))
_STAFF = frozenset(name for name, role in ROLES.items() if role.kind is CallerKind.STAFF)


class _Provider(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Annotated[str, Field(min_length=1)]
    audience: Annotated[str, Field(min_length=1)]
    jwks_url: str

    @model_validator(mode="after")
    def _keys_are_fetched_safely(self) -> _Provider:
        address = urlsplit(self.jwks_url)
        if address.scheme != "https" and not (address.scheme == "http" and address.hostname in _LOCAL):
            raise ValueError("jwks_url is neither https nor of this machine")
        return self


class GuestProvider(_Provider):
    """A brand's own guests. The token's `subject_claim` is the id of the guest's record in `source`."""

    kind: Literal["guest"]
    brand: Slug
    source: Slug
    subject_claim: str = "sub"


class StaffProvider(_Provider):
    """The group's staff. `roles`: value of `roles_claim` → role here; `brands`: the only brands that they see."""

    kind: Literal["staff"]
    roles_claim: str = "roles"
    roles: dict[str, str]
    brands: list[Slug] | None = None

    @model_validator(mode="after")
    def _roles_exist(self) -> StaffProvider:
        if unknown := sorted(set(self.roles.values()) - _STAFF):
            raise ValueError(f"no role of staff: {', '.join(unknown)}")
        return self


Provider = GuestProvider | StaffProvider
_FILE: TypeAdapter[list[Provider]] = TypeAdapter(list[Annotated[Provider, Field(discriminator="kind")]])


def providers(path: Path | None) -> dict[str, Provider]:
    """Issuer → provider. Raises SetupError where the file cannot be read or contradicts itself."""
    if path is None:
        return {}
    try:
        listed = _FILE.validate_python(yaml.safe_load(path.read_text("utf-8")) or [])
    except OSError as error:
        raise SetupError(f"The file of identity providers cannot be read: {error.strerror}.", hint=_HINT) from None
    except yaml.YAMLError:
        raise SetupError("The file of identity providers is not YAML.", hint=_HINT) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise SetupError(f"The file of identity providers is wrong at {place}: {first['msg']}.", hint=_HINT) from None
    by_issuer = {provider.issuer: provider for provider in listed}
    if len(by_issuer) < len(listed):
        raise SetupError("Two identity providers have the same issuer.", hint=_HINT)
    return by_issuer


_HINT = "Check REGULARS_IDENTITY_PROVIDERS; docs/callers.md describes the file."
