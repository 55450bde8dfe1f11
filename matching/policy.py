"""How strongly each type of identifier links records: the policies, read from one YAML text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.config_file import parse_config
from domain.errors import InvalidInput
from matching.scoring.model import Model, default_model

UNLIMITED = 1_000_000_000


class Strength(StrEnum):
    """How an identifier links: see `policies.yaml`."""

    STRONG = "strong"
    MEDIUM = "medium"
    WEAK = "weak"
    ATTRIBUTE = "attribute"


Scope = Literal["group", "brand", "source"]
_MAX_RECORDS = {Strength.STRONG: 5_000, Strength.MEDIUM: 1_000, Strength.WEAK: 1_000, Strength.ATTRIBUTE: UNLIMITED}
_WEIGHTS = {Strength.STRONG: 20.0, Strength.MEDIUM: 11.0, Strength.WEAK: 4.0, Strength.ATTRIBUTE: 0.0}


@dataclass(frozen=True, slots=True)
class IdentifierPolicy:
    """The policy of one type. `weight` is in bits; a limit that does not apply is `UNLIMITED`."""

    type: str
    strength: Strength
    priority: int
    scope: Scope = "group"
    max_per_person: int = UNLIMITED
    max_people: int = UNLIMITED
    max_records: int = UNLIMITED
    blocked: frozenset[str] = frozenset()
    blocked_patterns: tuple[re.Pattern[str], ...] = ()
    weight: float = 0.0

    @property
    def links(self) -> bool:
        """Whether this type may join or attach two records at all."""
        return self.strength is not Strength.ATTRIBUTE


@dataclass(frozen=True)
class Policies(Mapping[str, IdentifierPolicy]):
    """All policies by type, in order of priority, and the model that weighs what records say. A type without a policy
    is refused, never guessed."""

    by_type: Mapping[str, IdentifierPolicy]
    model: Model = field(default_factory=default_model)

    def __getitem__(self, key: str) -> IdentifierPolicy:
        return self.by_type[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_type)

    def __len__(self) -> int:
        return len(self.by_type)

    def of(self, type: str) -> IdentifierPolicy:
        """The policy of the type. Raises InvalidInput, with the known types, if there is none."""
        try:
            return self.by_type[type]
        except KeyError:
            raise InvalidInput(
                f"there is no identifier type {type!r}", hint="known types: " + ", ".join(self.by_type)
            ) from None

    def is_blocked(self, type: str, normalised: str) -> bool:
        """Whether the normalised value is a dummy that means "none" and must not become an identifier."""
        policy = self.of(type)
        normalised = normalised.partition(";ext=")[0]  # no extension makes a dummy phone number a real one
        return normalised in policy.blocked or any(pattern.search(normalised) for pattern in policy.blocked_patterns)


class _Policy(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    strength: Strength
    priority: int = Field(ge=1)
    scope: Scope = "group"
    max_per_person: int = Field(UNLIMITED, ge=1)
    max_people: int = Field(UNLIMITED, ge=1)
    max_records: int | None = Field(None, ge=1)
    weight: float | None = Field(None, gt=0, le=100)
    blocked: frozenset[str] = frozenset()
    blocked_patterns: tuple[re.Pattern[str], ...] = ()

    def of_type(self, name: str) -> IdentifierPolicy:
        return IdentifierPolicy(
            type=name,
            strength=self.strength,
            priority=self.priority,
            scope=self.scope,
            max_per_person=self.max_per_person,
            max_people=self.max_people,
            max_records=self.max_records or _MAX_RECORDS[self.strength],
            blocked=self.blocked,
            blocked_patterns=self.blocked_patterns,
            weight=self.weight or _WEIGHTS[self.strength],
        )


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    identifiers: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")], _Policy] = Field(min_length=1)


def parse(yaml_text: str) -> Policies:
    """The policies of a YAML text, with the shipped model. Raises SetupError that names the place of every mistake."""
    content = parse_config(_File, yaml_text, what="The identifier policies", hint="See docs/matching.md.")
    policies = (policy.of_type(name) for name, policy in content.identifiers.items())
    return Policies({p.type: p for p in sorted(policies, key=lambda p: (p.priority, p.type))})


@cache
def default() -> Policies:
    """The policies and the model that come with the package."""
    return parse(files("matching").joinpath("policies.yaml").read_text("utf-8"))
