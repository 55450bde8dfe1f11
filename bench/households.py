"""Measures the accuracy of relations between customers against a world's truth: the people of each home.

Works in memory on the same pure functions as the service, so it needs no store.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from bench.accuracy import Evidence
from identity.read_model import survivors
from identity.resolution import resolve_people
from matching.address import one_spelling
from matching.household import LIKELY, SHARED_TYPES, HouseholdPerson, RelationKind, SharedTie, relation
from matching.policy import Policies
from matching.resolve import Guards
from matching.survivorship import default

_CROWD = 100


def measure(evidence: Evidence, homes: Mapping[str, str], policies: Policies) -> dict[str, Any]:
    """Precision and recall of the household pairs, among people with a customer; `homes` maps a true person to a home.

    `reachable` is the recall of a perfect judge, which accepts every true pair that shares anything.
    """
    truth = evidence.truth()
    customers = [
        (records, home_of)
        for records in _customers(evidence, policies)
        if (home_of := _truth(records, truth, homes)) is not None
    ]
    people = [(_person(records), home_of) for records, home_of in customers]
    households: set[tuple[str, str]] = set()
    reachable: set[tuple[str, str]] = set()
    for (left, right), shared in _pairs([records for records, _ in customers]):
        (person, (me, my_home)), (partner, (you, your_home)) = people[left], people[right]
        if me == you or not (person.family and partner.family):
            continue
        pair = (min(me, you), max(me, you))
        if my_home == your_home:
            reachable.add(pair)
        judged = relation(person, partner, shared)
        if judged is not None and judged.kind is RelationKind.HOUSEHOLD:
            households.add(pair)
    home_of = {person: home for _, (person, home) in people}
    together: dict[str, set[str]] = defaultdict(set)
    for person, home in home_of.items():
        together[home].add(person)
    true_pairs = {pair for members in together.values() for pair in combinations(sorted(members), 2)}
    correct = sum(pair in true_pairs for pair in households)
    return {
        "people": len(home_of),
        "true_pairs": len(true_pairs),
        "found": len(households),
        "precision": round(correct / max(1, len(households)), 4),
        "recall": round(correct / max(1, len(true_pairs)), 4),
        "reachable": round(len(reachable & true_pairs) / max(1, len(true_pairs)), 4),
        "threshold": LIKELY,
    }


def _customers(evidence: Evidence, policies: Policies) -> Iterator[list[Any]]:
    decision = resolve_people(evidence.records, policies, Guards.ON, new_component=lambda: "")
    yield from (list(person.records) for person in decision.persons)


def _truth(records: Iterable[Any], truth: Mapping[str, str], homes: Mapping[str, str]) -> tuple[str, str] | None:
    votes = Counter(truth[record.key] for record in records if record.key in truth)
    person = min(votes, key=lambda person: (-votes[person], person), default=None)
    return None if person is None else (person, homes[person])


def _golden(records: Iterable[Any]) -> dict[str, Any]:
    return {name: claim["value"] for name, claim in survivors(records, default()).items()}


def _person(records: Iterable[Any]) -> HouseholdPerson:
    golden = _golden(records)
    return HouseholdPerson(
        *(str(golden.get(name, "")) for name in ("given_name", "family_name", "suffix", "birth_date"))
    )


def _pairs(customers: list[list[Any]]) -> Iterator[tuple[tuple[int, int], list[SharedTie]]]:
    """Pairs of customers with everything that they share, without things that a crowd shares."""
    holders: dict[tuple[str, str], set[int]] = defaultdict(set)
    present: list[str | None] = []
    for index, records in enumerate(customers):
        present.append(one_spelling(_golden(records).get("address") or {}))
        for record in records:
            if "address" in record.traits and (home := one_spelling(record.traits["address"][0])):
                holders["address", home].add(index)
            for key, carried in record.identifiers.items():
                if carried.type in SHARED_TYPES and not carried.shared and not carried.blocked:
                    holders[carried.type, key].add(index)
    pairs: dict[tuple[int, int], list[SharedTie]] = defaultdict(list)
    for (kind, value), indexes in holders.items():
        if 1 < len(indexes) <= _CROWD:
            for left, right in combinations(sorted(indexes), 2):
                current = kind != "address" or present[left] == present[right] == value
                pairs[left, right].append(SharedTie(kind, len(indexes), current))
    yield from pairs.items()
