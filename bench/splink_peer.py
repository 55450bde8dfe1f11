"""Splink as a peer, in a process of its own: trains, predicts and clusters a registry; prints seconds and peak memory.

    python -m bench.splink_peer registry.parquet clusters.parquet

Splink is a development dependency: install it to run this benchmark.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import orjson
from splink import Linker, SettingsCreator, block_on
from splink import comparison_library as cl
from splink.backends.duckdb import DuckDBAPI

RULES = (("email",), ("phone",), ("family_name", "birth_date"), ("given_name", "family_name", "postcode"))
THRESHOLD = 0.9
_NORMALISE = """
SELECT
  id AS unique_id,
  nullif(lower(given_name), '') AS given_name,
  nullif(lower(family_name), '') AS family_name,
  nullif(birth_date, '') AS birth_date,
  nullif(lower(email), '') AS email,
  nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '') AS phone,
  nullif(postcode, '') AS postcode
FROM read_parquet(?)
"""


def main(table: Path, out: Path) -> dict[str, Any]:
    """Figures of one run over the table; the clusters go to `out`."""
    seconds: dict[str, float] = {}
    connection = duckdb.connect()
    connection.execute("CREATE TABLE registry AS " + _NORMALISE, [str(table)])
    api: Any = DuckDBAPI(connection)
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("family_name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=True),
            cl.EmailComparison("email"),
            cl.DamerauLevenshteinAtThresholds("phone", 1),
            cl.ExactMatch("postcode"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in RULES],
    )
    linker: Any = Linker(api.register("registry"), settings, log_level=None)
    started = time.monotonic()
    rules = [block_on("email", "family_name"), block_on("given_name", "family_name", "birth_date")]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    for columns in (("email",), ("family_name", "birth_date")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    seconds["train"] = time.monotonic() - started
    started = time.monotonic()
    pairs = linker.inference.predict(threshold_match_probability=THRESHOLD)
    seconds["predict"] = time.monotonic() - started
    started = time.monotonic()
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, THRESHOLD)
    clusters.to_parquet(str(out), overwrite=True)
    seconds["cluster"] = time.monotonic() - started
    return {
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "minutes": round(sum(seconds.values()) / 60, 2),
        "peak_memory_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    print(orjson.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))).decode())
