"""The model: the weight of each level of agreement, read from one versioned JSON text with its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from math import log2
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.config_file import parse_config
from matching.scoring.levels import ATTRIBUTE, LEVELS


class Bits(NamedTuple):
    """What something is worth for one person: against two strangers, and against two relatives."""

    strangers: float
    relatives: float


class Level(BaseModel):
    """How often the level occurs among pairs of one person (`m`), of two strangers (`u`) and of two relatives (`h`,
    people of one household)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    m: float = Field(gt=0, le=1)
    u: float = Field(gt=0, le=1)
    h: float = Field(gt=0, le=1)

    @property
    def bits(self) -> Bits:
        return Bits(log2(self.m / self.u), log2(self.m / self.h))


class Frequencies(BaseModel):
    """The share of people with each value; `unseen` for values that are not listed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    unseen: float = Field(gt=0, le=1)
    values: dict[str, float] = Field(default_factory=dict)


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field(pattern=r"^[\w.-]{1,64}$")
    prior: float = Field(ge=-60, le=0)
    relatives: float = Field(0.0, ge=-20, le=20)
    review: float
    link: float
    fields: dict[str, dict[str, Level]]
    frequencies: dict[Literal["given_name", "family_name"], Frequencies] = Field(default_factory=dict)
    card: dict[str, Any] = Field(default_factory=dict[str, Any])

    @model_validator(mode="after")
    def _levels_are_known(self) -> _File:
        for name, levels in self.fields.items():
            wanted = set(LEVELS.get(name, ATTRIBUTE))
            if set(levels) != wanted:
                raise ValueError(f"field {name} has the levels {sorted(levels)}, not {sorted(wanted)}")
        if not self.review < self.link:
            raise ValueError("review is not below link: no pair would ever wait for a review")
        return self


@dataclass(frozen=True, eq=False)
class Model:
    """`prior` and `relatives`: log2 odds that two random records are one person and not two strangers, or not two
    relatives. `link`: bits from which on two are one person. `review`: bits from which on they need a review. `card`:
    how the model was made and how good it is.

    Models are compared by identity, because scores are cached per model.
    """

    version: str
    prior: float
    relatives: float
    review: float
    link: float
    fields: Mapping[str, Mapping[str, Level]]
    frequencies: Mapping[str, Frequencies]
    card: Mapping[str, Any]

    @cached_property
    def weights(self) -> dict[str, dict[str, Bits]]:
        """Bits by field and level."""
        return {
            name: {level_name: level.bits for level_name, level in levels.items()}
            for name, levels in self.fields.items()
        }

    def text(self) -> str:
        """The model as `parse_model` reads it."""
        return _File.model_validate(self, from_attributes=True).model_dump_json(exclude_none=True)


def parse_model(text: str | bytes) -> Model:
    """The model of a JSON text. Raises SetupError that names the place of every mistake."""
    file = parse_config(_File, text, what="The identity model", hint="See docs/matching.md.")
    return Model(**{name: getattr(file, name) for name in _File.model_fields})


@cache
def default_model() -> Model:
    """The model that comes with the package: weights set by hand, and measured on a made-up registry."""
    return parse_model(files("matching.scoring").joinpath("model.json").read_bytes())
