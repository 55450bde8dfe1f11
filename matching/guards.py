"""Contradictions: the reasons why two clusters that share an identifier are still two people.

Every reason is monotone: what contradicts a cluster also contradicts every larger cluster that includes it, unless a
strong identifier agrees. So the result of `resolve` does not depend on the order in which clusters meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from operator import ne
from typing import NamedTuple, TypeVar

from matching.names import birth_conflict, generation, name_conflict, split_suffix
from matching.policy import UNLIMITED, Policies, Strength
from matching.records import Identifier, Record

T = TypeVar("T")


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
_BIRTH = Contradiction("BIRTH_DATES_DIFFER", "the birth dates are further apart than a typo")
_GIVEN = Contradiction("GIVEN_NAMES_DIFFER", "the given names are clearly different")


def is_final(reason: Contradiction) -> bool:
    """Whether no evidence overrules it: an agent decided, or there is nobody to decide about."""
    return reason in (_DECIDED, _LOCKED, _SEVERAL, AMBIGUOUS, WEAK)


@dataclass(slots=True)
class PersonClaims:
    """What the records of one cluster claim together. `widest`: by type, the most values that a single record has.
    `sides` and `locked`: agents' decisions about the records. `several`: one of them names several people.
    `either_name`, `either_birth`, `either_generation`: sets of alternatives that an agent's decision joined; one value
    of each set is true."""

    names: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    births: set[date] = field(default_factory=set[date])
    generations: set[int] = field(default_factory=set[int])
    strong: set[Identifier] = field(default_factory=set[Identifier])
    values: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    widest: dict[str, int] = field(default_factory=dict[str, int])
    sides: dict[str, int] = field(default_factory=dict[str, int])
    locked: bool = False
    several: bool = False
    either_name: set[frozenset[tuple[str, str]]] = field(default_factory=set[frozenset[tuple[str, str]]])
    either_birth: set[frozenset[date]] = field(default_factory=set[frozenset[date]])
    either_generation: set[frozenset[int]] = field(default_factory=set[frozenset[int]])

    @classmethod
    def of(cls, record: Record, linking: Iterable[Identifier], policies: Policies) -> PersonClaims:
        """The claims of one record. Only linking identifiers of strong or limited types count."""
        claims = cls(several=record.several)
        family, suffix = split_suffix(record.family)
        if record.given or family:
            claims.names.add((record.given, family))
        if record.birth_date:
            claims.births.add(record.birth_date)
        if number := generation(record.suffix or suffix):
            claims.generations.add(number)
        for identifier in linking:
            policy = policies.of(identifier.type)
            if policy.strength is Strength.STRONG and identifier not in record.former:
                claims.strong.add(identifier)
            if policy.max_per_person < UNLIMITED:
                claims.values.setdefault(identifier.type, set()).add(identifier.value)
        claims.widest = {kind: len(values) for kind, values in claims.values.items()}
        return claims

    def absorb(self, other: PersonClaims) -> None:
        """Add everything that the other claims."""
        self.names |= other.names
        self.births |= other.births
        self.generations |= other.generations
        self.strong |= other.strong
        for kind, values in other.values.items():
            self.values.setdefault(kind, set()).update(values)
            self.widest[kind] = max(self.widest.get(kind, 0), other.widest[kind])
        self.sides |= other.sides
        self.locked |= other.locked
        self.several |= other.several
        self.either_name |= other.either_name
        self.either_birth |= other.either_birth
        self.either_generation |= other.either_generation
        self._leave_open()

    def reconcile(self, policies: Policies) -> None:
        """Turn claims that contradict each other into alternatives, because an agent joined these records. A record
        that fits one alternative may join; a record that fits none is still contradicted."""
        self.several = False
        if any(name_conflict(left, right) for left, right in combinations(self.names, 2)):
            self.either_name.add(frozenset(self.names))
            self.names.clear()
        if any(birth_conflict(left, right) for left, right in combinations(self.births, 2)):
            self.either_birth.add(frozenset(self.births))
            self.births.clear()
        if len(self.generations) > 1:
            self.either_generation.add(frozenset(self.generations))
            self.generations.clear()
        for kind, values in self.values.items():
            if len(values) > policies.of(kind).max_per_person:
                self.widest[kind] = len(values)

    def _leave_open(self) -> None:
        """A value that fits one of the alternatives says nothing against the others: an agent joined these, too."""
        if self.either_name:
            self.names = {name for name in self.names if not _fits(name_conflict, name, self.either_name)}
        if self.either_birth:
            self.births = {born for born in self.births if not _fits(birth_conflict, born, self.either_birth)}
        if self.either_generation:
            self.generations = {n for n in self.generations if not _fits(ne, n, self.either_generation)}

    def fingerprint(self) -> object:
        """Equal for claims that no guard can tell apart."""
        values = frozenset((kind, frozenset(values)) for kind, values in self.values.items())
        claims = tuple(map(frozenset, (self.names, self.births, self.generations, self.strong)))
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
    if _differ(ne, (a.generations, a.either_generation), (b.generations, b.either_generation)):
        yield _SUFFIX
    if not a.strong.isdisjoint(b.strong):
        return
    if _differ(birth_conflict, (a.births, a.either_birth), (b.births, b.either_birth)):
        yield _BIRTH
    if _differ(name_conflict, (a.names, a.either_name), (b.names, b.either_name)):
        yield _GIVEN
    for kind in sorted(a.values.keys() & b.values.keys()):
        limit = max(policies.of(kind).max_per_person, a.widest[kind], b.widest[kind])
        values, other_values = a.values[kind], b.values[kind]
        if len(values) + len(other_values) > limit and (count := len(values | other_values)) > limit:
            detail = f"together they have {count} values of {kind}, and a person may have {limit}"
            yield Contradiction(f"TOO_MANY_{kind.upper()}", detail)


def _differ(
    conflict: Callable[[T, T], bool],
    a: tuple[Iterable[T], Iterable[frozenset[T]]],
    b: tuple[Iterable[T], Iterable[frozenset[T]]],
) -> bool:
    """Whether some claim of one contradicts a claim of the other. A claim is a value or a set of alternatives, and
    alternatives contradict only if all of them do."""
    return any(
        all(conflict(left, right) for left in left_values for right in right_values)
        for left_values in _claimed(*a)
        for right_values in _claimed(*b)
    )


def _fits(conflict: Callable[[T, T], bool], value: T, alternatives: Iterable[frozenset[T]]) -> bool:
    return any(not conflict(value, one) for values in alternatives for one in values)


def _claimed(values: Iterable[T], alternatives: Iterable[frozenset[T]]) -> Iterator[Iterable[T]]:
    yield from ((value,) for value in values)
    yield from alternatives
