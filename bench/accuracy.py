"""How right the resolved people are, measured against a world's truth: with the guards, and without them.

Works in memory on the same pure functions as the intake (claims, record states, `decide`), so it needs no store; a test
holds that the store's partition is the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from domain.events import event_adapter
from ingest.claims import Reader
from ingest.match_keys import meet
from ingest.people import decide
from ingest.records import RecordState
from matching.components import components
from matching.evaluate import bcubed, largest_cluster, pairwise
from matching.policy import Policies, Strength
from matching.records import Record
from matching.resolve import Guards


@dataclass(slots=True)
class Evidence:
    """The source records of a world, and how often each true person spoke through each of them."""

    records: dict[str, RecordState] = field(default_factory=dict[str, RecordState])
    votes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def truth(self) -> dict[str, str]:
        """Record → the person it speaks for most often (a family's phone at a till speaks for several)."""
        return {key: min(votes, key=lambda person: (-votes[person], person)) for key, votes in self.votes.items()}


def gather(events: Iterable[tuple[Mapping[str, Any], str | None]], reader: Reader) -> Evidence:
    """The evidence of a world's events, each with its true person."""
    evidence = Evidence()
    for raw, person in events:
        claims = reader.claims(event_adapter.validate_python(raw))
        for subject in claims.subjects:
            state = evidence.records.setdefault(subject.record, RecordState(subject.record, claims.source))
            state.merge(claims, subject, {})
            if person is not None:
                evidence.votes[subject.record][person] += 1
    meet(evidence.records.values(), reader.vault)
    return evidence


def measure(evidence: Evidence, policies: Policies) -> dict[str, Any]:
    """Scores with guards and without, over identified records and over all, and the most that recall could reach.

    A record is identified when it carries a strong or medium identifier, and named when it tells a family name too,
    which a till seldom does. `reachable` is the recall of somebody who knew the truth and joined whatever any chain of
    identifiers connects.
    """
    truth = evidence.truth()
    records = {key: replace(state.evidence(), tokens=frozenset()) for key, state in evidence.records.items()}
    identified = {
        key
        for key, record in records.items()
        if any(policies.of(i.type).strength in (Strength.STRONG, Strength.MEDIUM) for i in record.identifiers)
    }
    decision = decide(evidence.records, policies, Guards.ON, new_component=lambda: "")
    with_guards = {r.key: number for number, person in enumerate(decision.persons) for r in person.records}
    without = _labels(components(list(records.values()), (), policies))
    perfect = _reachable(records, truth, policies)
    return {
        "records": len(truth),
        "people": len(set(truth.values())),
        "resolved": len(set(with_guards.values())),
        "shared_identifiers": len(decision.newly_shared),
        "kept_apart": len(decision.kept_apart),
        "guards_on": scores(with_guards, truth, identified),
        "guards_on_named": scores(with_guards, truth, {key for key in identified if records[key].family}),
        "guards_off": scores(without, truth, identified),
        "reachable": scores(perfect, truth, identified),
    }


def measure_store(rows: Iterable[Mapping[str, Any]], truth: Mapping[str, str], policies: Policies) -> dict[str, Any]:
    """Scores of what a store resolved. `rows` are those of `bench/resolution`; `truth` maps event keys to people."""
    predicted: dict[str, str] = {}
    true: dict[str, str] = {}
    identified: set[str] = set()
    for row in rows:
        votes = Counter(truth[event] for event in row["events"] if event in truth)
        if not votes:
            continue
        predicted[row["record"]] = row["customer"]
        true[row["record"]] = min(votes, key=lambda person: (-votes[person], person))
        if any(policies.of(type_).strength in (Strength.STRONG, Strength.MEDIUM) for type_ in row["types"]):
            identified.add(row["record"])
    return {"records": len(true)} | scores(predicted, true, identified)


def scores(predicted: Mapping[str, Any], truth: Mapping[str, str], identified: set[str]) -> dict[str, Any]:
    """Pairwise and B-cubed figures over identified records, pairwise over all, and the largest person."""
    known = {key: predicted[key] for key in truth if key in identified}
    known_truth = {key: truth[key] for key in known}
    everything = pairwise({key: predicted[key] for key in truth}, truth)
    pairs, elements = pairwise(known, known_truth), bcubed(known, known_truth)
    return {
        "precision": round(pairs.precision, 4),
        "recall": round(pairs.recall, 4),
        "f1": round(pairs.f1, 4),
        "bcubed_precision": round(elements.precision, 4),
        "bcubed_recall": round(elements.recall, 4),
        "all_records_precision": round(everything.precision, 4),
        "all_records_recall": round(everything.recall, 4),
        "largest": largest_cluster(known),
    }


def _reachable(records: Mapping[str, Record], truth: Mapping[str, str], policies: Policies) -> dict[str, Any]:
    by_person: dict[str, list[Record]] = defaultdict(list)
    for key, person in truth.items():
        by_person[person].append(records[key])
    return _labels(part for person in sorted(by_person) for part in components(by_person[person], (), policies))


def _labels(parts: Iterable[Iterable[Record]]) -> dict[str, int]:
    return {record.key: label for label, part in enumerate(parts) for record in part}
