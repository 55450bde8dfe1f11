"""The files of a world, its truth reader, and its table of settings in the docs."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from domain.errors import InvalidInput
from world import World, WorldConfig, read_truth, write_world
from world.config import knobs

ROOT = Path(__file__).resolve().parents[2]


def _bytes(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


@pytest.mark.parametrize("compress", [False, True])
def test_two_runs_write_the_same_bytes(tmp_path: Path, compress: bool) -> None:
    config = WorldConfig(people=90)
    for name in ("one", "two"):
        write_world(World(config), tmp_path / name, compress=compress)
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")


def test_truth_names_the_person_of_every_event(tmp_path: Path) -> None:
    world = World(WorldConfig(people=90))
    write_world(world, tmp_path)
    truth = read_truth(tmp_path / "truth.csv")
    assert truth == {(event["source"], event["messageId"]): person for event, person in world.events()}
    people = [orjson.loads(line) for line in (tmp_path / "people.ndjson").read_bytes().splitlines()]
    assert [person["person"] for person in people] == [person.id for person in world.people()]
    assert set(truth.values()) <= {person["person"] for person in people}


def test_truth_reads_gzip_and_refuses_other_files(tmp_path: Path) -> None:
    for compress in (False, True):
        write_world(World(WorldConfig(people=40)), tmp_path / str(compress), compress=compress)
    assert read_truth(tmp_path / "True/truth.csv.gz") == read_truth(tmp_path / "False/truth.csv")
    with pytest.raises(InvalidInput, match=r"people\.ndjson is not a truth file"):
        read_truth(tmp_path / "False/people.ndjson")


def test_the_docs_hold_every_setting_with_its_default() -> None:
    text = (ROOT / "docs/world.md").read_text(encoding="utf-8")
    for name, default, doc in knobs():
        assert f"| `{name}` | {default} | {doc} |" in text
