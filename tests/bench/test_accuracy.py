"""The figures of accuracy: counted over the records of bulk resolution, against the truth of a made-up world."""

from __future__ import annotations

from pathlib import Path

from bench import crowd
from cli.resolve import folders, parts_of
from domain.settings import Settings
from identity.record_state import RecordState
from identity.resolution import resolve_people
from matching.evaluate import pairwise
from matching.resolve import Guards
from tests.kit.building import VAULT_KEY, read
from world import World, WorldConfig

_WORLD = WorldConfig(people=40, days=200, stores=8, cities=2, pages=0.5, shared_phone_homes=0.4)


def test_figures_are_those_of_the_partition(tmp_path: Path) -> None:
    settings = Settings.model_validate({"vault_key": VAULT_KEY, "state_dir": tmp_path})
    parts = parts_of(settings)
    with folders(settings, None) as (work, out):
        figures = crowd.measure(parts, World(_WORLD), work, out, 1, lambda count: None)

    records: dict[str, RecordState] = {}
    votes: dict[str, list[str]] = {}
    pairs = [(event, person) for event, person in World(_WORLD).events() if person]
    for claims, (_, person) in zip(map(parts.reader.claims, read(e for e, _ in pairs)), pairs, strict=True):
        for subject in claims.subjects:
            state = records.setdefault(subject.record, RecordState(subject.record, claims.source))
            if claims.event not in (seen := votes.setdefault(subject.record, [])):
                seen += [claims.event, person]
                state.merge(claims, subject, {})
    truth = {key: max(sorted(set(seen[1::2])), key=seen[1::2].count) for key, seen in votes.items()}
    persons = resolve_people(records, parts.policies, Guards.ON, lambda: "").persons
    expected = pairwise({r.key: n for n, person in enumerate(persons) for r in person.records}, truth)
    assert figures["records"] == len(records)
    assert figures["resolved"] == len(persons)
    assert figures["guards_on"]["all_records_recall"] == round(expected.recall, 4)
    assert figures["guards_on"]["all_records_precision"] == round(expected.precision, 4)
    assert figures["reachable"]["all_records_precision"] == 1.0
    assert figures["reachable"]["all_records_recall"] >= figures["guards_on"]["all_records_recall"]
    assert 0 < figures["families"]["records"] < len(records)
