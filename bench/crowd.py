"""Measures the accuracy of bulk resolution on a large made-up world: for all people, and for hard cases apart.

Runs through the job behind `regulars resolve`, so memory stays bounded; truth is a number for each event and record.

    precision          pairs of records that were joined and are one person, among those that were joined
    recall             pairs of records of one person that were joined, among all pairs of records of one person
    identified         records with a strong or medium identifier: any system could find their person
    all_records        these and all others: browsers without a sign-in, tills that saw a phone that no other source saw
    named              identified records that also hold a family name, which a till seldom sends
    reachable          the recall of a perfect resolver that joins everything that a chain of identifiers connects
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from bench.accuracy import scores
from ingest.bulk import BulkParts, BulkReport, Job, run
from ingest.bulk.comparing import open_profile
from ingest.bulk.scope import components_of
from ingest.bulk.spill import Spill
from ingest.delivery import Raw
from matching.policy import Strength
from world import World

_AT_ONCE = 1_000
_CASES = {
    "families": ("family",),
    "juniors": ("junior", "senior"),
    "twins": ("twin",),
    "couples_with_one_email": ("couple_email",),
    "homes_with_one_phone": ("shared_phone",),
    "offices": ("office",),
    "recycled_phones": ("recycled_phone",),
}
_VOTES = """
SELECT r.rid, first(person ORDER BY votes DESC, person) AS person
FROM (
  SELECT record, person, count(*) AS votes
  FROM said ANTI JOIN repeated USING (seq) JOIN truth USING (seq) WHERE person >= 0
  GROUP BY record, person
) v
JOIN records r ON r.key = v.record
GROUP BY r.rid
"""
_RESOLVED = """
SELECT r.rid, dense_rank() OVER (ORDER BY column1) - 1 AS number
FROM read_csv(?, header = false, all_varchar = true) JOIN records r ON r.key = column0
"""
_EDGES = """
SELECT rid, dense_rank() OVER (ORDER BY key) - 1 AS kid FROM connects
"""
_IDENTIFIED = """
SELECT DISTINCT rid FROM connects WHERE list_contains(?, type)
"""


def measure(parts: BulkParts, world: World, work: Path, out: Path, processes: int, step: Callable[[int], None]) -> Any:
    """Figures of one world; `work` and `out` are empty folders."""
    persons = array("i")
    figures: dict[str, Any] = {}

    def then(spill: Spill, report: BulkReport) -> None:
        figures.update(_figures(spill, out, parts, world, np.array(persons, np.int32)))

    job = Job(parts, work, out, processes)
    report = run(job, _raws(world, persons), lambda name, count: step(count if name == "read" else 0), then=then)
    return {
        "events": report.events,
        "records": report.records,
        "resolved": report.people,
        "shared_identifiers": report.shared,
        "kept_apart": report.kept_apart,
        "minutes": round(sum(report.seconds.values()) / 60, 2),
        "peak_memory_mib": round(report.peak_bytes / 2**20),
    } | figures


def _raws(world: World, persons: array[int]) -> Iterator[Sequence[Raw]]:
    """The world's events in lists of bounded size; appends the true person of each event to `persons`."""
    batch: list[Raw] = []
    for event, person in world.events():
        batch.append(Raw(len(persons), event))
        persons.append(int(person[1:]) if person else -1)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    yield batch


def _figures(spill: Spill, out: Path, parts: BulkParts, world: World, persons: Any) -> dict[str, Any]:
    truth = spill.by_record(_VOTES, "person", truth=pa.table({"seq": np.arange(len(persons)), "person": persons}))
    numbers = spill.by_record(_RESOLVED, "number", str(out / "RESOLVED_TO-*.csv"))
    identified = spill.by_record(
        _IDENTIFIED,
        None,
        [type_ for type_, policy in parts.policies.items() if policy.strength in (Strength.STRONG, Strength.MEDIUM)],
    )
    named = _named(spill, parts, len(truth))
    edges = spill.query(_EDGES)
    rids, kids = (np.asarray(edges[name], np.int64) for name in ("rid", "kid"))
    unguarded = components_of(rids, kids, len(truth))
    _, both = np.unique(kids * (int(truth.max()) + 1) + truth[rids], return_inverse=True)
    reachable = components_of(rids, both, len(truth))
    cases = _cases(world, int(truth.max()) + 1)
    figures = {
        "people": len(np.unique(truth)),
        "most_people_in_one": _most_people(numbers, truth, identified),
        "guards_on": _scores(numbers, truth, identified),
        "guards_on_named": _scores(numbers, truth, identified & named),
        "guards_off": _scores(unguarded, truth, identified),
        "reachable": _scores(reachable, truth, identified),
    }
    return figures | {
        name: _scores(numbers[people[truth]], truth[people[truth]], identified[people[truth]])
        for name, people in cases.items()
    }


def _named(spill: Spill, parts: BulkParts, records: int) -> Any:
    named = np.zeros(records, bool)
    for batch in spill.batches("record_profiles"):
        for row in batch.to_pylist():
            named[row["rid"]] = bool(open_profile(row["rid"], row["profile"], parts.vault).family)
    return named


def _cases(world: World, people: int) -> dict[str, Any]:
    cases = {name: np.zeros(people, bool) for name in _CASES}
    for person in world.people():
        for name, tags in _CASES.items():
            if person.index < people and any(tag in person.tags for tag in tags):
                cases[name][person.index] = True
    return cases


def _most_people(numbers: Any, truth: Any, identified: Any) -> int:
    """True people of the customer that holds the most of them, among identified records."""
    cells = np.unique(np.stack((numbers[identified], truth[identified])), axis=1)
    return int(np.bincount(cells[0]).max(initial=0))


def _scores(predicted: Any, truth: Any, identified: Any) -> dict[str, Any]:
    keys = [str(place) for place in range(len(truth))]
    of_identified = {keys[place] for place in np.flatnonzero(identified)}
    return scores(
        dict(zip(keys, predicted.tolist(), strict=True)),
        dict(zip(keys, map(str, truth.tolist()), strict=True)),
        of_identified,
    ) | {"records": len(keys)}
