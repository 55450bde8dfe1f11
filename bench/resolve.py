"""Bulk resolution end to end beside Splink's matching alone, on the same registry: minutes, peak memory, accuracy."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import duckdb

from bench import registry
from bench.kit.children import child
from bench.kit.machine import machine
from domain.settings import Settings
from identity.claims import ClaimsReader
from matching.evaluate import largest_cluster, pairwise
from matching.policy import default
from privacy.vault import open_vault


def run(config: Settings, count: int, seed: int, step: Callable[[str], None]) -> dict[str, Any]:
    """Figures of both systems. `config` names a state directory of the benchmark's own, whose store is empty."""
    folder = config.state_dir / "registry"
    folder.mkdir(parents=True, exist_ok=True)
    step("making the registry")
    table, mapping = registry.write(folder, count, seed)
    step("regulars resolve")
    ours = child(
        ["-m", "cli.main", "resolve", table, "--mapping", mapping, "--out", folder / "files", "--json"], config
    )
    step("Splink")
    theirs = child(["-m", "bench.splink_peer", table, folder / "clusters.parquet"], config)
    step("comparing")
    rows = duckdb.execute("SELECT id, person FROM read_parquet(?)", [str(table)]).fetchall()
    truth: dict[str, str] = dict(rows)
    resolved = duckdb.execute(
        "SELECT column0, column1 FROM read_csv(?, header = false)", [str(folder / "files" / "RESOLVED_TO-*.csv")]
    ).fetchall()
    number_of: dict[str, str] = dict(resolved)
    reader = ClaimsReader(open_vault(config), default(), config.default_region)
    mine = {id_: number_of[reader.record_key("registry", id_)] for id_ in truth}
    clusters = duckdb.execute(
        "SELECT unique_id, cluster_id FROM read_parquet(?)", [str(folder / "clusters.parquet")]
    ).fetchall()
    return {
        "benchmark": "resolve",
        "machine": machine() | {"splink": version("splink"), "duckdb": version("duckdb")},
        "records": count,
        "regulars": ours | _scores(mine, truth),
        "splink_matching_only": theirs | _scores(dict(clusters), truth),
    }


def _scores(predicted: dict[str, str], truth: dict[str, str]) -> dict[str, Any]:
    scores = pairwise(predicted, truth)
    return {
        "precision": round(scores.precision, 4),
        "recall": round(scores.recall, 4),
        "f1": round(scores.f1, 4),
        "largest": largest_cluster(predicted),
    }
