"""Measures the accuracy of resolved people against a world's truth."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.events import event_adapter
from identity.blocking_tokens import meet
from identity.claims import ClaimsReader
from identity.record_state import RecordState
from matching.evaluate import bcubed, largest_cluster, pairwise
from matching.policy import Policies, Strength


@dataclass(slots=True)
class Evidence:
    """The source records of a world, and how many events of each true person each of them has."""

    records: dict[str, RecordState] = field(default_factory=dict[str, RecordState])
    votes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def truth(self) -> dict[str, str]:
        """Record → the person whom it stands for most often (a family's phone at a till stands for several)."""
        return {key: min(votes, key=lambda person: (-votes[person], person)) for key, votes in self.votes.items()}


def gather(events: Iterable[tuple[Mapping[str, Any], str | None]], reader: ClaimsReader) -> Evidence:
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


def measure_store(rows: Iterable[Mapping[str, Any]], truth: Mapping[str, str], policies: Policies) -> dict[str, Any]:
    """Scores of a store's resolution. `rows` are those of `bench/resolution`; `truth` maps event keys to people."""
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
    of_identified = {key: predicted[key] for key in truth if key in identified}
    identified_truth = {key: truth[key] for key in of_identified}
    everything = pairwise({key: predicted[key] for key in truth}, truth)
    pairs, elements = pairwise(of_identified, identified_truth), bcubed(of_identified, identified_truth)
    return {
        "precision": round(pairs.precision, 4),
        "recall": round(pairs.recall, 4),
        "f1": round(pairs.f1, 4),
        "bcubed_precision": round(elements.precision, 4),
        "bcubed_recall": round(elements.recall, 4),
        "all_records_precision": round(everything.precision, 4),
        "all_records_recall": round(everything.recall, 4),
        "largest": largest_cluster(of_identified),
    }
