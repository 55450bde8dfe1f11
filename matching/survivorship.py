"""Which claim of each field survives in a golden record: a pure function of the set of claims and the rules.

Rules apply in order: the first decides, the next breaks ties, and the claim's clock and record key break the last ties.
So the winner never depends on the order of the claims, and after a split each part gets its own winner. Fields of a
group (an address) survive together, all from one record.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.config_file import parse_config

MAX_REJECTED = 5
"""Rejected values that a golden field lists; of more it gives the number."""
ONLY_VALUE = "only value"
LAST_RESORT = "clock and record"


class Rule(StrEnum):
    """See `survivorship.yaml`."""

    NEWEST = "newest"
    TRUSTED = "trusted"
    FREQUENT = "frequent"
    LONGEST = "longest"
    VALIDATED = "validated"


class Claim(NamedTuple):
    """One record's claim of one field. `clock` begins with the time (RFC 3339, UTC) and is unique to its event."""

    value: Any
    source: str
    record: str
    clock: str

    @property
    def at(self) -> str:
        return self.clock.partition("|")[0]


Score: TypeAlias = Callable[[Claim], Any]


@dataclass(frozen=True, slots=True)
class Survivor:
    """The winning claim, the rule that decided, and the best claim of each other value, best first.

    `rejected` holds at most MAX_REJECTED of these claims; `others` is the number of other values.
    """

    claim: Claim
    rule: str
    rejected: tuple[Claim, ...] = ()
    others: int = 0


@dataclass(frozen=True)
class Survivorship:
    """The rules of every field. `trust` lists sources, the most trusted first."""

    default: tuple[Rule, ...]
    fields: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict[str, tuple[Rule, ...]])
    trust: tuple[str, ...] = ()
    verified: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def survivors(self, claims: Mapping[str, Iterable[Claim]]) -> dict[str, Survivor]:
        """Field → its survivor, for every field with a claim. Each record claims a field at most once."""
        group_of = {name: group for group, names in self.together.items() for name in names}
        by_field = {name: list(field_claims) for name, field_claims in claims.items()}
        survivors: dict[str, Survivor] = {}
        for group, names in self.together.items():
            survivors |= self._group(group, {name: by_field[name] for name in names if name in by_field})
        survivors |= {
            name: self._field_survivor(name, field_claims)
            for name, field_claims in by_field.items()
            if field_claims and name not in group_of
        }
        return survivors

    def _field_survivor(self, name: str, claims: Sequence[Claim]) -> Survivor:
        if len(claims) == 1:
            return Survivor(claims[0], ONLY_VALUE)
        rules = self.fields.get(name, self.default)
        scores: list[Score] = [self._score(rule, name, claims) for rule in rules]
        ranked = sorted(
            claims, key=lambda claim: (*(score(claim) for score in scores), claim.clock, claim.record), reverse=True
        )
        best = ranked[0]
        others: dict[object, Claim] = {}
        for claim in ranked:
            others.setdefault(folded(claim.value), claim)
        del others[folded(best.value)]
        rejected = list(others.values())
        return Survivor(best, _decided(best, rejected, rules, scores), tuple(rejected[:MAX_REJECTED]), len(rejected))

    def _group(self, group: str, claims: Mapping[str, Sequence[Claim]]) -> dict[str, Survivor]:
        """The fields of the one record whose claims survive together. Its missing fields are not filled from others."""
        of_record: dict[str, dict[str, Claim]] = defaultdict(dict)
        for name, field_claims in claims.items():
            for claim in field_claims:
                of_record[claim.record][name] = claim
        if not of_record:
            return {}
        whole = [
            Claim(
                {name: claim.value for name, claim in sorted(fields.items())},
                next(iter(fields.values())).source,
                record,
                max(claim.clock for claim in fields.values()),
            )
            for record, fields in of_record.items()
        ]
        survivor = self._field_survivor(group, whole)
        return {
            name: Survivor(
                claim,
                survivor.rule,
                tuple(of_record[other.record][name] for other in survivor.rejected if name in of_record[other.record]),
                survivor.others,
            )
            for name, claim in of_record[survivor.claim.record].items()
        }

    def _score(self, rule: Rule, name: str, claims: Sequence[Claim]) -> Score:
        """How well a claim does by a rule. The highest score wins."""
        match rule:
            case Rule.NEWEST:
                return lambda claim: claim.at
            case Rule.TRUSTED:
                rank = {source: -place for place, source in enumerate(self.trust)}
                return lambda claim: rank.get(claim.source, -len(rank))
            case Rule.FREQUENT:
                counts = Counter(folded(claim.value) for claim in claims)
                return lambda claim: counts[folded(claim.value)]
            case Rule.LONGEST:
                return lambda claim: _length(claim.value)
            case Rule.VALIDATED:
                return lambda claim: self._validity(name, claim)

    def _validity(self, name: str, claim: Claim) -> int:
        """2: claimed by a source that verifies the field; 1: well-formed; 0: neither."""
        if claim.source in self.verified.get(name, ()):
            return 2
        if name in self.together:
            return int(all(well_formed(part, value, claim.at) for part, value in claim.value.items()))
        return int(well_formed(name, claim.value, claim.at))


def _decided(best: Claim, rejected: Sequence[Claim], rules: Sequence[Rule], scores: Sequence[Score]) -> str:
    """The rule that eliminated the last of the other values. Each value is represented by its best claim."""
    standing = list(rejected)
    for rule, score in zip(rules, scores, strict=True):
        standing = [claim for claim in standing if score(claim) == score(best)]
        if not standing:
            return rule.value if rejected else ONLY_VALUE
    return LAST_RESORT


_NOTHING = frozenset(
    [
        *(
            "",
            "-",
            "--",
            "?",
            ".",
            "x",
            "xx",
            "xxx",
            "na",
            "n/a",
            "none",
            "null",
            "nil",
            "unknown",
            "anonymous",
            "test",
        ),
        *("guest", "customer", "no name", "noname", "not given", "tbd", "undefined"),
    ]
)
_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8})*", re.IGNORECASE)
_SEXES = frozenset(("m", "f", "d", "x", "male", "female", "diverse", "other", "nonbinary", "non-binary"))
_OLDEST_YEARS = 120


def well_formed(name: str, value: Any, at: str) -> bool:
    """Whether a value, claimed at a time, has a valid form for its field.

    A birth date is in the 120 years before the claim and not on 1 January, which forms fill in by default. A name has a
    letter and no digit. An address has a street line, and a city or postcode. No text may be a word for "none".
    """
    if isinstance(value, Mapping):
        parts: Mapping[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return bool(parts.get("line1")) and bool(parts.get("city") or parts.get("postcode"))
    text = folded(value)
    if not isinstance(text, str):
        return value is not None
    if text in _NOTHING:
        return False
    match name:
        case "given_name" | "family_name":
            return any(map(str.isalpha, text)) and not any(map(str.isdigit, text)) and "@" not in text
        case "birth_date":
            return _plausible(text, at)
        case "language":
            return _LANGUAGE.fullmatch(text) is not None
        case "sex":
            return text in _SEXES
        case _:
            return True


def _plausible(born: str, at: str) -> bool:
    try:
        day, claimed_on = date.fromisoformat(born), date.fromisoformat(at[:10])
    except ValueError:
        return False
    return day <= claimed_on and claimed_on.year - day.year <= _OLDEST_YEARS and (day.month, day.day) != (1, 1)


def folded(value: Any) -> object:
    """Equal for values that differ only by case and spaces."""
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, Mapping):
        parts: Mapping[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return tuple(sorted((name, folded(part)) for name, part in parts.items()))
    return value


def _length(value: Any) -> int:
    """The number of letters and digits. Spaces and dots do not make a value more complete."""
    if isinstance(value, Mapping):
        parts: Mapping[str, Any] = value  # pyright: ignore[reportUnknownVariableType]
        return sum(map(_length, parts.values()))
    return sum(map(str.isalnum, str(value)))


_TRAITS = ("given_name", "family_name", "suffix", "birth_date", "sex", "language", "address")
_Trait = Annotated[str, Field(pattern=rf"^({'|'.join(_TRAITS)}|extra\.[A-Za-z0-9][A-Za-z0-9_.-]{{0,63}})$")]
_Source = Annotated[str, Field(min_length=1, max_length=64)]
_Rules = Annotated[tuple[Rule, ...], Field(min_length=1, max_length=len(Rule))]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    default: _Rules
    fields: dict[str, _Rules] = Field(default_factory=dict)
    trust: tuple[_Source, ...] = ()
    verified: dict[_Trait, frozenset[_Source]] = Field(default_factory=dict)
    together: dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")], Annotated[tuple[_Trait, ...], Field(min_length=2)]
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _agrees(self) -> _File:
        members = [name for names in self.together.values() for name in names]
        faults = [
            f"together: {name} is in two groups, or twice in one" for name, n in Counter(members).items() if n > 1
        ]
        faults += [f"together.{group}: is the name of a field" for group in self.together if group in _TRAITS]
        for name, rules in self.fields.items():
            if name in members:
                faults.append(f"fields.{name}: is part of a group; set the group's rules instead")
            elif name not in self.together and not _is_trait(name):
                faults.append(f"fields.{name}: is neither a field nor a group")
            faults += _faulty(f"fields.{name}", rules, self.trust)
        faults += _faulty("default", self.default, self.trust)
        if len(set(self.trust)) < len(self.trust):
            faults.append("trust: a source is listed twice")
        if faults:
            raise ValueError("; ".join(faults))
        return self


def _is_trait(name: str) -> bool:
    return name in _TRAITS or re.fullmatch(r"extra\.[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name) is not None


def _faulty(place: str, rules: Sequence[Rule], trust: Sequence[str]) -> list[str]:
    faults = [f"{place}: {rule.value} is listed twice" for rule, n in Counter(rules).items() if n > 1]
    if Rule.TRUSTED in rules and not trust:
        faults.append(f"{place}: trusted needs the order of sources in `trust`")
    return faults


def parse(yaml_text: str) -> Survivorship:
    """The rules of a YAML text. Raises SetupError that names the place of every mistake."""
    content = parse_config(_File, yaml_text, what="The survivorship rules", hint="See docs/matching.md.")
    return Survivorship(content.default, content.fields, content.trust, content.verified, content.together)


@cache
def default() -> Survivorship:
    """The rules that come with the package."""
    return parse(files("matching").joinpath("survivorship.yaml").read_text("utf-8"))
