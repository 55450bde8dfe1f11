"""Contradictions: the reasons why two clusters that share an identifier are still two people.

Every reason is monotone: what contradicts a cluster contradicts every cluster that grows from it, unless a strong
identifier agrees. The result of `resolve` therefore does not depend on the order in which clusters meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import NamedTuple, TypeVar

from matching.names import birth_conflict, generation, name_conflict, split_suffix
from matching.policy import UNLIMITED, Policies, Strength
from matching.records import Identifier, Record

T = TypeVar("T")


class Contradiction(NamedTuple):
    """A stable code and words without personal data."""

    rule: str
    detail: str


WEAK = Contradiction("WEAK_NEVER_JOINS_KNOWN", "both are known people, and only a device or a browser connects them")
AMBIGUOUS = Contradiction("AMBIGUOUS", "one of them fits several different people about equally well")
_DECIDED = Contradiction("NEVER_MATCH", "an agent decided that they are two people")
_LOCKED = Contradiction("LOCKED", "an agent locked one of them: nothing joins it")
_SUFFIX = Contradiction("SUFFIXES_DIFFER", "the name suffixes tell two generations")
_BIRTH = Contradiction("BIRTH_DATES_DIFFER", "the birth dates are further apart than a typo")
_GIVEN = Contradiction("GIVEN_NAMES_DIFFER", "the given names are clearly different")


@dataclass(slots=True)
class PersonClaims:
    """What the records of one cluster claim together. `widest` is the most values one record alone has of a type.
    `sides` and `locked` are what agents decided about them; of each set in `either_name` and `either_birth`, which an
    agent brought together, one holds."""

    names: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    births: set[date] = field(default_factory=set[date])
    generations: set[int] = field(default_factory=set[int])
    strong: set[Identifier] = field(default_factory=set[Identifier])
    values: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    widest: dict[str, int] = field(default_factory=dict[str, int])
    sides: dict[str, int] = field(default_factory=dict[str, int])
    locked: bool = False
    either_name: set[frozenset[tuple[str, str]]] = field(default_factory=set[frozenset[tuple[str, str]]])
    either_birth: set[frozenset[date]] = field(default_factory=set[frozenset[date]])

    @classmethod
    def of(cls, record: Record, linking: Iterable[Identifier], policies: Policies) -> PersonClaims:
        """The claims of one record; of its identifiers only linking ones of limited or strong types count."""
        claims = cls()
        family, suffix = split_suffix(record.family)
        if record.given or family:
            claims.names.add((record.given, family))
        if record.birth_date:
            claims.births.add(record.birth_date)
        if found := generation(record.suffix or suffix):
            claims.generations.add(found)
        for identifier in linking:
            policy = policies.of(identifier.type)
            if policy.strength is Strength.STRONG:
                claims.strong.add(identifier)
            if policy.max_per_person < UNLIMITED:
                claims.values.setdefault(identifier.type, set()).add(identifier.value)
        claims.widest = {kind: len(values) for kind, values in claims.values.items()}
        return claims

    def absorb(self, other: PersonClaims) -> None:
        """Add all that the other claims."""
        self.names |= other.names
        self.births |= other.births
        self.generations |= other.generations
        self.strong |= other.strong
        for kind, values in other.values.items():
            self.values.setdefault(kind, set()).update(values)
            self.widest[kind] = max(self.widest.get(kind, 0), other.widest[kind])
        self.sides |= other.sides
        self.locked |= other.locked
        self.either_name |= other.either_name
        self.either_birth |= other.either_birth

    def reconcile(self, policies: Policies) -> None:
        """Take what contradicts itself as alternatives: an agent who joined these records knows better. Who fits one of
        them may join; who fits none is as much a stranger as before."""
        if any(name_conflict(one, other) for one, other in combinations(self.names, 2)):
            self.either_name.add(frozenset(self.names))
            self.names.clear()
        if any(birth_conflict(one, other) for one, other in combinations(self.births, 2)):
            self.either_birth.add(frozenset(self.births))
            self.births.clear()
        if len(self.generations) > 1:
            self.generations.clear()
        for kind, values in self.values.items():
            if len(values) > policies.of(kind).max_per_person:
                self.widest[kind] = len(values)

    def fingerprint(self) -> object:
        """Equal for claims that no guard can tell apart."""
        values = frozenset((kind, frozenset(values)) for kind, values in self.values.items())
        said = tuple(map(frozenset, (self.names, self.births, self.generations, self.strong)))
        return said, values, frozenset(self.sides.items()), self.locked


def contradiction(a: PersonClaims, b: PersonClaims, policies: Policies) -> Contradiction | None:
    """The first reason why the two cannot be one person, or None."""
    return next(contradictions(a, b, policies), None)


def contradictions(a: PersonClaims, b: PersonClaims, policies: Policies) -> Iterator[Contradiction]:
    """Every reason why the two cannot be one person: an agent's decision, suffixes, then, unless a strong identifier
    agrees, the others.

    Any claim of one is held against any claim of the other. A limit counts the values of the union, and a single
    record that has more of its own raises it: what one source says of one person is no contradiction in itself.
    """
    if a.locked or b.locked:
        yield _LOCKED
    if a.sides and any(b.sides.get(decision, side) != side for decision, side in a.sides.items()):
        yield _DECIDED
    if any(one != other for one in a.generations for other in b.generations):
        yield _SUFFIX
    if not a.strong.isdisjoint(b.strong):
        return
    if _differ(birth_conflict, (a.births, a.either_birth), (b.births, b.either_birth)):
        yield _BIRTH
    if _differ(name_conflict, (a.names, a.either_name), (b.names, b.either_name)):
        yield _GIVEN
    for kind in sorted(a.values.keys() & b.values.keys()):
        limit = max(policies.of(kind).max_per_person, a.widest[kind], b.widest[kind])
        values, others = a.values[kind], b.values[kind]
        if len(values) + len(others) > limit and (count := len(values | others)) > limit:
            detail = f"together they have {count} values of {kind}, and a person at most {limit}"
            yield Contradiction(f"TOO_MANY_{kind.upper()}", detail)


def _differ(
    conflict: Callable[[T, T], bool],
    a: tuple[Iterable[T], Iterable[frozenset[T]]],
    b: tuple[Iterable[T], Iterable[frozenset[T]]],
) -> bool:
    """Whether a claim of one fits no claim of the other; a claim is a value or a set of alternatives."""
    return any(
        all(conflict(one, other) for one in ones for other in others)
        for ones in _claimed(*a)
        for others in _claimed(*b)
    )


def _claimed(values: Iterable[T], alternatives: Iterable[frozenset[T]]) -> Iterator[Iterable[T]]:
    yield from ((value,) for value in values)
    yield from alternatives
