"""Pairs compared and scored per second on one core, ours and Splink's on the same pairs under the same model, and the
latency of one pair. The two alternate, so that a busy moment of the machine affects both."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa

from bench import registry
from bench.kit.machine import machine
from matching.records import About, Record
from matching.scoring import default_model, score_pair
from matching.tables.blocking import candidates
from matching.tables.fields import Column, column
from matching.tables.kinds import Kind
from matching.tables.levels import compare
from matching.tables.splink import splink_settings, splink_table
from matching.tables.weights import learn, score

KINDS = {
    "given_name": Kind.GIVEN,
    "family_name": Kind.FAMILY,
    "birth_date": Kind.BIRTH,
    "email": Kind.EMAIL,
    "phone": Kind.PHONE,
    "street": Kind.ADDRESS,
    "postcode": Kind.POSTCODE,
}
_ROUNDS = 5
_SINGLES = 2_000
_PEER_SINGLES = 30


def run(records: int, pairs: int, step: Callable[[int], None]) -> dict[str, Any]:
    """Figures over `pairs` candidate pairs of a registry of `records`."""
    rows = list(registry.records(records, 7))
    columns = tuple(column(name, kind, [row[name] for row in rows]) for name, kind in KINDS.items())
    left, right = candidates(columns, records)
    if len(left) > pairs:
        kept = np.sort(np.random.default_rng(7).choice(len(left), pairs, replace=False))
        left, right = left[kept], right[kept]
    model = learn(columns, compare(columns, left, right), left, right, records)

    def ours() -> None:
        score(columns, compare(columns, left, right), left, right, model)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = _peer(columns, records, splink_settings(columns, model), left, right)

        def theirs() -> None:
            linker.inference.predict().drop_table_from_database_and_remove_from_cache(True)

        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(_ROUNDS + 1):  # the first is the warm-up
            for seconds, work in zip(times, (ours, theirs), strict=True):
                started = time.perf_counter()
                work()
                seconds.append(time.perf_counter() - started)
            step(1)
        peer_single = _peer_latency(linker, splink_table(columns, records), left, right)
    mine, peer = (len(left) / median(seconds[1:]) for seconds in times)
    return {
        "benchmark": "match",
        "machine": machine() | {"splink": version("splink"), "duckdb": version("duckdb")},
        "records": records,
        "pairs": len(left),
        "pairs_per_second": round(mine),
        "splink_pairs_per_second": round(peer),
        "ratio": round(mine / peer, 2),
        "one_pair_us": _latency(rows, left, right),
        "splink_one_pair_us": peer_single,
    }


def _peer(columns: tuple[Column, ...], records: int, settings: dict[str, Any], left: Any, right: Any) -> Any:
    """A Splink linker on one thread that is given exactly these pairs."""
    import duckdb
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    connection = duckdb.connect(config={"threads": 1})
    api: Any = DuckDBAPI(connection)
    settings = settings | {"retain_matching_columns": False}
    linker: Any = Linker(api.register(pa.table(splink_table(columns, records))), settings, log_level=None)
    pairs = pa.table({"join_key_l": left, "join_key_r": right, "match_key": pa.array(["0"] * len(left))})
    linker.table_management.register_blocked_pairs_for_predict(api.register(pairs, table_name="the_pairs"))
    return linker


def _peer_latency(linker: Any, table: dict[str, list[Any]], left: Any, right: Any) -> float:
    seconds: list[float] = []
    for left_row, right_row in zip(left[:_PEER_SINGLES].tolist(), right[:_PEER_SINGLES].tolist(), strict=True):
        a, b = ({name: values[row] for name, values in table.items()} for row in (left_row, right_row))
        started = time.perf_counter()
        linker.inference.score_pair(a, b).as_record_list()
        seconds.append(time.perf_counter() - started)
    return round(median(seconds[1:]) * 1e6, 1)


def _latency(rows: list[dict[str, Any]], left: Any, right: Any) -> dict[str, float]:
    """Latencies of the live service's scorer: for a new pair, and for the same pair at once again."""
    model = default_model()
    chosen = np.random.default_rng(8).choice(len(left), min(_SINGLES, len(left)), replace=False)
    pairs = [(_record(rows[left[n]]), _record(rows[right[n]])) for n in chosen]
    seconds: dict[str, list[float]] = {"new": [], "remembered": []}
    for left_record, right_record in pairs:
        for times in seconds.values():
            started = time.perf_counter()
            score_pair(left_record, right_record, model)
            times.append(time.perf_counter() - started)
    return {
        name + of: round(sorted(times)[int(len(times) * share)] * 1e6, 1)
        for name, times in seconds.items()
        for of, share in (("", 0.5), ("_p99", 0.99))
    }


def _record(row: dict[str, Any]) -> Record:
    return Record(
        key=row["id"],
        identifiers=frozenset(),
        given=row["given_name"],
        family=row["family_name"],
        suffix=row["suffix"],
        birth_date=date.fromisoformat(row["birth_date"]) if row["birth_date"] else None,
        about=About(
            street=row["street"],
            postcode=row["postcode"],
            city=row["city"],
            emails=frozenset((row["email"],)) if row["email"] else frozenset(),
            phones=frozenset((row["phone"],)) if row["phone"] else frozenset(),
        ),
    )
