"""Contradictions: the reasons why two clusters that share an identifier are still two people.

Hard are only an agent's word, generations, and more values of a type than a person has: what contradicts a cluster also
contradicts every larger cluster that includes it. Names, dates and numbers that differ are evidence: they are weighed
with everything else (`matching.group_evidence`), and the worst of them names the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from matching.names.full_names import generation_of
from matching.policy import UNLIMITED, Policies, Strength
from matching.records import REVIEW, Identifier, Record
from matching.scoring.levels import EQUAL
from matching.scoring.model import Model
from matching.scoring.pair import PairScore


class Contradiction(NamedTuple):
    """A stable code and a text without personal data."""

    rule: str
    detail: str


WEAK = Contradiction("WEAK_NEVER_JOINS_KNOWN", "both are known people, and only a device or a browser connects them")
AMBIGUOUS = Contradiction("AMBIGUOUS", "one of them fits several different people about equally well")
_SEVERAL = Contradiction("NAMES_SEVERAL_PEOPLE", "one of them is a record that names several people")
_DECIDED = Contradiction("NEVER_MATCH", "an agent decided that they are two people")
_LOCKED = Contradiction("LOCKED", "an agent locked one of them: nothing joins it")
_SUFFIX = Contradiction("SUFFIXES_DIFFER", "the name suffixes belong to two generations")
TOO_LITTLE = "TOO_LITTLE_EVIDENCE"
_SPEAKS_AGAINST = -2.5
"""Bits, beside relatives, from which on a field is the reason that keeps two apart."""
FIELDS = {
    "given_name": Contradiction("GIVEN_NAMES_DIFFER", "the given names are clearly different"),
    "family_name": Contradiction("FAMILY_NAMES_DIFFER", "the family names are clearly different"),
    "birth_date": Contradiction("BIRTH_DATES_DIFFER", "the birth dates are further apart than a typo"),
    "suffix": Contradiction("SUFFIX_ON_ONE_SIDE", "only one of them has a name suffix"),
    "government_id": Contradiction("GOVERNMENT_IDS_DIFFER", "the government ids are further apart than a typo"),
}


def against(score: PairScore) -> list[Contradiction]:
    """What speaks clearly against one person, field by field, the most first."""
    fields = (part for part in score.fields if part.level != EQUAL and part.relatives <= _SPEAKS_AGAINST)
    return [_of_field(part.name) for part in sorted(fields, key=lambda part: (part.relatives, part.name))]


def _of_field(name: str) -> Contradiction:
    differs = Contradiction(f"{name.upper()}_DIFFERS", f"the field {name.replace('_', ' ')} differs")
    return FIELDS.get(name, differs)


def contradicted_by(score: PairScore) -> Contradiction | None:
    """The field that speaks most against one person, where two relatives are likelier."""
    return next(iter(against(score)), None) if score.relatives < 0 else None


def too_little(score: PairScore, model: Model) -> Contradiction:
    """That nothing contradicts and too little speaks for one person."""
    rule = REVIEW if score.bits >= model.review else TOO_LITTLE
    return Contradiction(rule, f"{score.bits:.1f} bits speak for one person, and more than {model.link:.1f} are needed")


def is_contradiction(reason: Contradiction | None) -> bool:
    """Whether something speaks against one person, and not only too little for it."""
    return reason is not None and reason.rule not in (REVIEW, TOO_LITTLE)


def is_final(reason: Contradiction) -> bool:
    """Whether no evidence overrules it: an agent decided, or there is nobody to decide about."""
    return reason in (_DECIDED, _LOCKED, _SEVERAL, AMBIGUOUS, WEAK)


@dataclass(slots=True)
class PersonClaims:
    """What the records of one cluster claim together and may not contradict. `widest`: by type, the most values that a
    single record has. `sides` and `locked`: agents' decisions about the records. `several`: one of them names several
    people. `either_generation`: sets of generations that an agent's decision joined; one of each set is true."""

    generations: set[int] = field(default_factory=set[int])
    strong: set[Identifier] = field(default_factory=set[Identifier])
    values: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    widest: dict[str, int] = field(default_factory=dict[str, int])
    sides: dict[str, int] = field(default_factory=dict[str, int])
    locked: bool = False
    several: bool = False
    either_generation: set[frozenset[int]] = field(default_factory=set[frozenset[int]])

    @classmethod
    def of(cls, record: Record, linking: Iterable[Identifier], policies: Policies) -> PersonClaims:
        """The claims of one record. Only linking identifiers of strong or limited types count."""
        claims = cls(several=record.several)
        if number := generation_of(record.given, record.family, record.suffix):
            claims.generations.add(number)
        for identifier in linking:
            policy = policies.of(identifier.type)
            if policy.strength is Strength.STRONG and identifier not in record.former:
                claims.strong.add(identifier)
            if policy.max_per_person < UNLIMITED and identifier.type not in FIELDS:
                claims.values.setdefault(identifier.type, set()).add(identifier.value)
        claims.widest = {kind: len(values) for kind, values in claims.values.items()}
        return claims

    def absorb(self, other: PersonClaims) -> None:
        """Add everything that the other claims."""
        self.generations |= other.generations
        self.strong |= other.strong
        for kind, values in other.values.items():
            self.values.setdefault(kind, set()).update(values)
            self.widest[kind] = max(self.widest.get(kind, 0), other.widest[kind])
        self.sides |= other.sides
        self.locked |= other.locked
        self.several |= other.several
        self.either_generation |= other.either_generation
        self._leave_open()

    def reconcile(self, policies: Policies) -> None:
        """Turn claims that contradict each other into alternatives, because an agent joined these records. A record
        that fits one alternative may join; a record that fits none is still contradicted."""
        self.several = False
        if len(self.generations) > 1:
            self.either_generation.add(frozenset(self.generations))
            self.generations.clear()
        for kind, values in self.values.items():
            if len(values) > policies.of(kind).max_per_person:
                self.widest[kind] = len(values)

    def _leave_open(self) -> None:
        """A value that fits one of the alternatives says nothing against the others: an agent joined these, too."""
        if self.either_generation:
            either = frozenset[int]().union(*self.either_generation)
            self.generations -= either

    def claimed_generations(self) -> list[frozenset[int]]:
        """Every claim of a generation, as the set of generations of which one is true."""
        return [*(frozenset((one,)) for one in self.generations), *self.either_generation]

    def fingerprint(self) -> object:
        """Equal for claims that no guard can tell apart."""
        values = frozenset((kind, frozenset(values)) for kind, values in self.values.items())
        claims = frozenset(self.generations), frozenset(self.strong)
        return claims, values, frozenset(self.sides.items()), self.locked, self.several


def contradiction(a: PersonClaims, b: PersonClaims, policies: Policies) -> Contradiction | None:
    """The first reason why the two cannot be one person, or None."""
    return next(contradictions(a, b, policies), None)


def contradictions(a: PersonClaims, b: PersonClaims, policies: Policies) -> Iterator[Contradiction]:
    """Every reason why the two cannot be one person: an agent's decision, a record of several people, suffixes, and,
    unless a strong identifier agrees, the other reasons.

    Each claim of one is compared with each claim of the other. A limit counts the values of both together. A single
    record that has more values raises the limit: the claims of one source about one person are no contradiction.
    """
    if a.locked or b.locked:
        yield _LOCKED
    if a.several or b.several:
        yield _SEVERAL
    if a.sides and any(b.sides.get(decision, side) != side for decision, side in a.sides.items()):
        yield _DECIDED
    if any(one.isdisjoint(other) for one in a.claimed_generations() for other in b.claimed_generations()):
        yield _SUFFIX
    if not a.strong.isdisjoint(b.strong):
        return
    for kind in sorted(a.values.keys() & b.values.keys()):
        limit = max(policies.of(kind).max_per_person, a.widest[kind], b.widest[kind])
        values, other_values = a.values[kind], b.values[kind]
        if len(values) + len(other_values) > limit and (count := len(values | other_values)) > limit:
            detail = f"together they have {count} values of {kind}, and a person may have {limit}"
            yield Contradiction(f"TOO_MANY_{kind.upper()}", detail)
