"""Decides who is who in the touched components: which records are one person, and which number that person keeps.

Pure: it takes the records of whole components, changes none of them, and gives what has to change. The outcome for a
set of records does not depend on how they came together. Numbers do carry history: on a merge the oldest survives, on
a split the largest part keeps it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from identity.inheritance import ALIKE, Inheritance
from identity.large_components import LARGE
from identity.record_state import RecordState, shared_identifiers
from matching.components import components
from matching.people_count import count_people
from matching.policy import Policies, Strength
from matching.records import Cluster, Identifier, Link, Partition, Record, Refusal
from matching.resolve import Guards, resolve

ONLY_RECORD = "only record"
"""The rule of a record that is its person's only one."""
_PERSONAL = (Strength.STRONG, Strength.MEDIUM)


@dataclass(frozen=True, slots=True)
class Person:
    """A cluster and the customer number it goes by; `number` is None until a new one is found."""

    records: tuple[RecordState, ...]
    cluster: Cluster
    number: str | None


@dataclass(frozen=True, slots=True)
class Placement:
    """The component of every record, and which components begin and end with that. `sizes` maps a component to how many
    records it holds, where these are many, or None where they no longer are."""

    components: Mapping[str, str] = field(default_factory=dict[str, str])
    created: Sequence[str] = ()
    emptied: Sequence[str] = ()
    sizes: Mapping[str, int | None] = field(default_factory=dict[str, int | None])


@dataclass(frozen=True, slots=True)
class Resolution:
    """What has to change. `newly_shared` maps an identifier to how many people use it; `retired` are customers whose
    people are another's from now on, `kept_apart` the records that something speaks against joining."""

    persons: Sequence[Person] = ()
    placement: Placement = field(default_factory=Placement)
    newly_shared: Mapping[str, int] = field(default_factory=dict[str, int])
    retired: Sequence[dict[str, Any]] = ()
    kept_apart: Sequence[dict[str, Any]] = ()


def resolve_people(
    pool: Mapping[str, RecordState],
    policies: Policies,
    guards: Guards,
    new_component: Callable[[], str],
    inheritance: Inheritance = ALIKE,
) -> Resolution:
    """The resolution of whole components. Changes none of its arguments; numbers of new people are left open.

    On a split the largest part keeps the number, where `inheritance` does not say otherwise.
    """
    evidence = {key: record.evidence() for key, record in pool.items()}
    shared = shared_identifiers(pool.values())
    newly_shared = overshared(pool, evidence, policies, beside=shared)
    shared |= newly_shared.keys()
    parts = components(list(evidence.values()), shared, policies)
    partitions = [resolve(part, shared, policies, guards) for part in parts]
    persons, retired = _number(pool, partitions, inheritance)
    return Resolution(
        persons,
        _place(pool, [[record.key for record in part] for part in parts], new_component),
        {identifier.value: people for identifier, people in newly_shared.items()},
        retired,
        [_kept_apart(refusal) for partition in partitions for refusal in partition.refusals],
    )


def overshared(
    pool: Mapping[str, RecordState],
    evidence: Mapping[str, Record],
    policies: Policies,
    *,
    beside: Collection[Identifier] = (),
) -> dict[Identifier, int]:
    """Linking identifiers that too many different people use, or too many records carry, and how many people these are.
    Those `beside` are known to be shared and are left out, and so are those that an agent said to link.

    All records of each are in the pool, as it links. Both counts only ever grow, so the set of records tells it.
    """
    unshared = {key for record in pool.values() for key, carried in record.identifiers.items() if carried.unshared}
    users: dict[Identifier, list[str]] = defaultdict(list)
    for key, record in evidence.items():
        for identifier in record.identifiers:
            if identifier not in beside and identifier.value not in unshared and policies.of(identifier.type).links:
                users[identifier].append(key)
    found: dict[Identifier, int] = {}
    for identifier, keys in users.items():
        count = sharing(identifier.type, [(pool[key].signatures, evidence[key].identifiers) for key in keys], policies)
        if count is not None:
            found[identifier] = count
    return found


def sharing(
    type: str, users: Sequence[tuple[Collection[str], Collection[Identifier]]], policies: Policies
) -> int | None:
    """How many different people use an identifier of that type, where these are too many, or too many records carry it.
    `users` are the signatures and identifiers of each of these records."""
    policy = policies.of(type)
    limit, crowded = policy.max_people, len(users) > policy.max_records
    if len(users) <= 1 and len(users[0][0]) <= limit:
        return None
    names = set[str]().union(*(signatures for signatures, _ in users))
    personal = {
        other
        for _, identifiers in users
        for other in identifiers
        if other.type != type and policies.of(other.type).strength in _PERSONAL
    }
    count = count_people(names, personal, policies)
    return count if crowded or count > limit else None


def _place(
    pool: Mapping[str, RecordState], parts: Sequence[Sequence[str]], new_component: Callable[[], str]
) -> Placement:
    """Gives each part a component id; the part that holds most of an old component's records inherits its id."""
    held = Counter(record.component for record in pool.values() if record.component)
    sizes: dict[str, int | None] = {component: None for component, records in held.items() if records > LARGE}
    heirs = _heirs([Counter(c for key in part if (c := pool[key].component)) for part in parts])
    placed: dict[str, str] = {}
    created: list[str] = []
    for index, part in enumerate(parts):
        inherited = sorted(heirs.get(index, {}).items(), key=lambda item: (-item[1], item[0]))
        if inherited:
            component = inherited[0][0]
        else:
            component = new_component()
            created.append(component)
        if len(part) > LARGE:
            sizes[component] = len(part)
        placed |= dict.fromkeys(part, component)
    return Placement(placed, created, sorted(held.keys() - set(placed.values())), sizes)


def _number(
    pool: Mapping[str, RecordState], partitions: Iterable[Partition], inheritance: Inheritance
) -> tuple[list[Person], list[dict[str, Any]]]:
    """The people with the numbers they keep, and the customers that are retired into them."""
    clusters = [cluster for partition in partitions for cluster in partition.clusters]
    active = {record.customer.number: record.customer.created_at for record in pool.values() if record.customer}
    ages = {own.number: own.created_at for own in inheritance.own.values()} | active
    ranks = [_rank([pool[key] for key in cluster.members]) for cluster in clusters]
    heirs = _heirs([_holding(pool, cluster, inheritance) for cluster in clusters], ranks)
    persons: list[Person] = []
    retired: list[dict[str, Any]] = []
    for index, cluster in enumerate(clusters):
        own = {inheritance.own[key].number for key in cluster.members if key in inheritance.own}
        candidates = sorted(
            heirs.get(index, {}), key=lambda number: (bool(own) and number not in own, ages[number], number)
        )
        number = candidates[0] if candidates else None
        persons.append(Person(tuple(pool[key] for key in cluster.members), cluster, number))
        retired += [
            {"number": old, "into": number, "reason": _merge_reason(pool, cluster, old)}
            for old in candidates[1:]
            if old in active
        ]
    return persons, retired


def _kept_apart(refusal: Refusal) -> dict[str, Any]:
    return {
        "left": refusal.left,
        "right": refusal.right,
        "rule": refusal.rule,
        "type": refusal.identifier_type,
        "detail": refusal.detail,
    }


def reasons_of(person: Person) -> dict[str, tuple[str, str | None]]:
    """Why each record belongs to its person: the rule of the strongest link that holds it there, and the key of the
    identifier that both ends carry, if there is one."""
    strongest: dict[str, Link] = {}
    for link in person.cluster.links:
        for key in (link.left, link.right):
            if key not in strongest or _strength(link) > _strength(strongest[key]):
                strongest[key] = link
    by_key = {record.key: record for record in person.records}
    reasons: dict[str, tuple[str, str | None]] = dict.fromkeys(by_key, (ONLY_RECORD, None))
    for key, link in strongest.items():
        left, right = by_key[link.left].identifiers, by_key[link.right].identifiers
        both = (one for one in left.keys() & right.keys() if left[one].type == link.identifier_type)
        reasons[key] = link.rule, min(both, default=None)
    return reasons


def _strength(link: Link) -> tuple[float, str, str]:
    return link.weight, link.left, link.right


def _holding(pool: Mapping[str, RecordState], cluster: Cluster, inheritance: Inheritance) -> Counter[str]:
    held: Counter[str] = Counter()
    for key in cluster.members:
        for number, weight in inheritance.claims(pool[key], len(pool)):
            held[number] += weight
    return held


def _rank(records: Iterable[RecordState]) -> tuple[bool, int]:
    """Which of two equal parts of a customer goes on as that customer: the one with a name, then the one with more
    spend. A till that knows a phone alone does not take a guest's number away."""
    records = list(records)
    named = any(record.trait("given_name") or record.trait("family_name") for record in records)
    return named, sum(sum(record.stats.spend.values()) for record in records)


def _heirs(holdings: Sequence[Counter[str]], ranks: Sequence[tuple[bool, int]] = ()) -> dict[int, dict[str, int]]:
    """For each new part, the old names it inherits: those of which it holds the most records. On a tie, the part of the
    higher rank has it, then the first."""
    best: dict[str, tuple[int, int, tuple[bool, int]]] = {}
    for index, holding in enumerate(holdings):
        rank = ranks[index] if ranks else (False, 0)
        for name, count in holding.items():
            if name not in best or (count, rank) > best[name][1:]:
                best[name] = (index, count, rank)
    heirs: dict[int, dict[str, int]] = defaultdict(dict)
    for name, (index, count, _) in best.items():
        heirs[index][name] = count
    return heirs


def _merge_reason(pool: Mapping[str, RecordState], cluster: Cluster, old: str) -> str:
    """The strongest link that ties a record of the retired customer to the rest."""

    def of_old(key: str) -> bool:
        customer = pool[key].customer
        return customer is not None and customer.number == old

    crossing = [link for link in cluster.links if of_old(link.left) != of_old(link.right)]
    return max(crossing, key=lambda link: (link.weight, link.left, link.right)).rule if crossing else "same evidence"
