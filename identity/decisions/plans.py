"""What an agent's decision says of which records: pure, from the people as they stand behind the locks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, NamedTuple

from domain.errors import InvalidInput
from identity.field_overrides import FieldOverride, standing
from identity.record_state import RecordState, shared_identifiers
from matching.policy import Policies
from matching.records import Identifier
from matching.resolve import resolve
from matching.rulings import Ruling, RulingRule

_NEWEST = "~"
"""Sorts behind the id of every decision."""


class RulingPart(NamedTuple):
    """What a decision says of one record."""

    record: str
    rule: RulingRule
    side: int = 0

    def row(self) -> dict[str, Any]:
        return {"record": self.record, "rule": self.rule.value, "side": self.side}


class DecisionKind(StrEnum):
    """What an agent did."""

    MERGE = "merge"
    UNMERGE = "unmerge"
    MOVE = "move"
    MUST_MATCH = "must_match"
    NEVER_MATCH = "never_match"
    LOCK = "lock"
    BLOCK_IDENTIFIER = "block_identifier"
    UNSHARE_IDENTIFIER = "unshare_identifier"
    SET_FIELD = "set_field"
    RELEASE_FIELD = "release_field"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision does: `parts` speak of records, `identifiers` are blocked or link again. Where it is about the
    decision `of`, these are that one's, `base` is its kind, and `holds` tells whether it is evidence from now on.
    `leaving` are records taken out of their customer. `override` is what it says of a golden field."""

    kind: DecisionKind
    parts: tuple[RulingPart, ...] = ()
    identifiers: tuple[str, ...] = ()
    leaving: frozenset[str] = frozenset()
    of: str | None = None
    holds: bool = True
    override: FieldOverride | None = None
    base: DecisionKind | None = None

    @property
    def unshares(self) -> bool:
        """Whether it is about shared identifiers: they link, or not any more."""
        return (self.base or self.kind) is DecisionKind.UNSHARE_IDENTIFIER

    @property
    def records(self) -> frozenset[str]:
        """The records that it speaks of."""
        return frozenset(part.record for part in self.parts)


@dataclass(frozen=True, slots=True)
class People:
    """Whole components of records. `numbers`: the number that a customer was named by, perhaps retired → its own."""

    pool: Mapping[str, RecordState]
    numbers: Mapping[str, str]

    def hold(self) -> bool:
        """Whether every named customer still has records here."""
        present = {_number(record) for record in self.pool.values()}
        return all(number in present for number in self.numbers.values())

    def of(self, customer: str) -> list[RecordState]:
        """The records of a named customer."""
        return self.beside(self.numbers[customer])

    def beside(self, number: str) -> list[RecordState]:
        """The records of the customer with this very number."""
        return sorted((r for r in self.pool.values() if _number(r) == number), key=lambda record: record.key)

    def locked_by(self, customer: str) -> str | None:
        """The newest decision that locks the customer."""
        return max(
            (ruling.decision for r in self.of(customer) for ruling in r.rulings if ruling.rule is RulingRule.LOCK),
            default=None,
        )


def merge(people: People, customers: Sequence[str]) -> Iterable[RulingPart]:
    """The customers are one person. It rests on the best-described record of each (and on what `whole` adds): what else
    belongs to each of them stays a matter of evidence."""
    numbers = sorted({people.numbers[customer] for customer in customers})
    if len(numbers) < 2:
        raise InvalidInput("These are one customer already.")
    _unlocked(people, numbers)
    return [RulingPart(min(people.beside(number), key=_least_described).key, RulingRule.JOIN) for number in numbers]


def whole(people: People, parts: Sequence[RulingPart], policies: Policies) -> Sequence[RulingPart]:
    """The parts of a decision that joins customers, and further ones for records of theirs that would fall out of the
    joined person: the agent judged whole customers, and these records contradict each other."""
    joined = {part.record for part in parts if part.rule is RulingRule.JOIN}
    customers = {number for key in joined if (number := _number(people.pool[key]))}
    if len(customers) < 2:
        return parts
    parted = {part.record for part in parts if part.rule is RulingRule.APART}
    stay = {record.key for number in customers for record in people.beside(number)} - parted
    decided: dict[str, set[Ruling]] = defaultdict(set)
    for part in parts:
        decided[part.record].add(Ruling(_NEWEST, part.rule, part.side))
    evidence = [record.evidence() for record in people.pool.values()]
    evidence = [replace(r, rulings=r.rulings | decided[r.key]) if r.key in decided else r for r in evidence]
    clusters = resolve(evidence, shared_identifiers(people.pool.values()), policies).clusters
    together = next(cluster for cluster in clusters if not joined.isdisjoint(cluster.members))
    return [*parts, *(RulingPart(key, RulingRule.JOIN) for key in sorted(stay.difference(together.members, joined)))]


def unmerge(people: People, customer: str, records: Collection[str]) -> Iterable[RulingPart]:
    """These records of the customer are somebody else, and one person among themselves."""
    _unlocked(people, [people.numbers[customer]])
    mine = {record.key for record in people.of(customer)}
    if strange := set(records) - mine:
        raise InvalidInput(f"{len(strange)} of the named records belong to another customer.", about=strange)
    rest = mine - set(records)
    if not records or not rest:
        raise InvalidInput("Name some records of the customer, and not all of them.")
    joined = [RulingPart(key, RulingRule.JOIN) for key in sorted(records)] if len(set(records)) > 1 else []
    return [*joined, *_sides([sorted(rest), sorted(set(records))])]


def unmerge_by(people: People, customer: str, identifier: Identifier, policies: Policies) -> Iterable[RulingPart]:
    """The customer's records that only this identifier holds together are different people."""
    _unlocked(people, [people.numbers[customer]])
    mine = {record.key for record in people.of(customer)}
    if not any(identifier.value in people.pool[key].identifiers for key in mine):
        raise InvalidInput("No record of this customer carries that identifier.")
    evidence = [record.evidence() for record in people.pool.values()]
    without = resolve(evidence, shared_identifiers(people.pool.values()) | {identifier}, policies)
    sides = [held for cluster in without.clusters if (held := sorted(mine.intersection(cluster.members)))]
    if len(sides) < 2:
        raise InvalidInput(
            "Without this identifier they are one person still.",
            hint="More joins them: name records instead.",
        )
    return _sides(sides)


def move(people: People, record: str, customer: str) -> Iterable[RulingPart]:
    """The record belongs to that customer and no longer to its own."""
    old, new = _number(people.pool[record]), people.numbers[customer]
    if old == new:
        raise InvalidInput("The record belongs to this customer already.")
    _unlocked(people, [new, *([old] if old else [])])
    rest = [r.key for r in people.beside(old) if r.key != record] if old else []
    anchor = min(people.beside(new), key=_least_described).key
    parts = [RulingPart(record, RulingRule.JOIN), RulingPart(anchor, RulingRule.JOIN)]
    return [*parts, *(_sides([[record], rest]) if rest else [])]


def must_match(people: People, records: Collection[str]) -> Iterable[RulingPart]:
    """The records are one person, whatever else is known."""
    if len(set(records)) < 2:
        raise InvalidInput("Name two source records at least.")
    _unlocked(people, {number for key in records if (number := _number(people.pool[key]))})
    return [RulingPart(key, RulingRule.JOIN) for key in sorted(set(records))]


def never_match(people: People, sides: Sequence[Collection[str]]) -> Iterable[RulingPart]:
    """Nobody of one side is anybody of another; whoever joins a side later inherits it."""
    if len(sides) < 2 or sum(map(len, sides)) != len(set().union(*sides)):
        raise InvalidInput("Name two sides or more, and no record on two of them.")
    numbers = [{_number(people.pool[key]) for key in side} for side in sides]
    if any(one & other for place, one in enumerate(numbers) for other in numbers[:place]):
        _unlocked(people, {number for side in numbers for number in side if number})
    return _sides([sorted(side) for side in sides])


def lock(people: People, customer: str) -> Iterable[RulingPart]:
    """Nothing joins or leaves the customer by itself."""
    if people.locked_by(customer):
        raise InvalidInput("This customer is locked already.")
    return [RulingPart(record.key, RulingRule.LOCK) for record in people.of(customer)]


def override_field(records: Sequence[RecordState], override: FieldOverride) -> Iterable[RulingPart]:
    """What an agent says of a golden field of the customer who has these records; nothing where it is so already.

    It stands on the best-described record, the least likely to leave the person. A release is stored on every record
    that carries an override of the field, so that no old one returns when the customer is split.
    """
    field = override.field
    if override.value is None:
        return [RulingPart(r.key, RulingRule.FIELD) for r in records if field in standing([(r.key, r.overrides)])]
    _, present = standing((r.key, r.overrides) for r in records).get(field, (None, None))
    if present is not None and (present.value, present.reason) == (override.value, override.reason):
        return []
    return [RulingPart(min(records, key=_least_described).key, RulingRule.FIELD)]


def _sides(sides: Sequence[Iterable[str]]) -> list[RulingPart]:
    return [RulingPart(key, RulingRule.APART, side) for side, keys in enumerate(sides) for key in keys]


def _unlocked(people: People, numbers: Iterable[str]) -> None:
    for number in numbers:
        if any(ruling.rule is RulingRule.LOCK for record in people.beside(number) for ruling in record.rulings):
            named = [given for given, present in people.numbers.items() if present == number]
            raise InvalidInput(f"Customer {number} is locked.", hint="Unlock it first.", about=[number, *named])


def _number(record: RecordState) -> str | None:
    return record.customer.number if record.customer else None


def _least_described(record: RecordState) -> tuple[bool, bool, int, str, str]:
    """Sorts the best-described record first: a known one with a name and many identifiers, the earliest seen."""
    named = bool(record.trait("given_name") or record.trait("family_name"))
    return not record.known, not named, -len(record.identifiers), record.first or "", record.key
