"""Members of a loyalty programme: one record each, with an e-mail address that nobody shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from bench.kit.children import child
from domain.settings import Settings

SOURCE = "registry"
_MAPPING = f"""\
event: identify
source: {SOURCE}
message_id: id
constants: {{at: 2026-01-01T00:00:00Z}}
fields:
  subject.id: id
  subject.identifiers.email: email
"""


def ids(count: int) -> Iterator[str]:
    """The members' ids in their source."""
    return (f"member-{number}" for number in range(count))


def load(config: Settings, count: int) -> dict[str, Any]:
    """Loads so many members into the empty store of `config` by `regulars resolve`; its figures."""
    folder = config.state_dir / "members"
    folder.mkdir(parents=True, exist_ok=True)
    table, mapping = folder / "members.parquet", folder / "members.yaml"
    mapping.write_text(_MAPPING, "utf-8")
    names = list(ids(count))
    pq.write_table(pa.table({"id": names, "email": [f"{name}@guests.example.com" for name in names]}), table)
    return child(["-m", "cli.main", "resolve", table, "--mapping", mapping, "--json"], config)
