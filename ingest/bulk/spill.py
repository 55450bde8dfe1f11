"""The spill file: everything a bulk job knows, in one DuckDB file, sorted and joined out of core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import psutil
import pyarrow as pa

_MAX_MEMORY = 2 * 2**30
_ROWS_AT_ONCE = 5_000


SpillTable = Any
"""An Arrow table; pyarrow has no types of its own."""


def _schema(**columns: Any) -> Any:
    return pa.schema(list(columns.items()))


_TEXT, _BYTES, _INT, _FLAG = pa.string(), pa.binary(), pa.int64(), pa.bool_()
SCHEMAS: Mapping[str, Any] = {
    "said": _schema(seq=_INT, record=_TEXT, claim=_BYTES),
    "happened": _schema(
        seq=_INT, key=_TEXT, record=_TEXT, at=_TEXT, type=_TEXT, source=_TEXT, brand=_TEXT, channel=_TEXT, name=_TEXT,
        sealed=_BYTES, warnings=_INT,
    ),
    "sold": _schema(seq=_INT, transaction=_TEXT, claim=_BYTES),
    "identified": _schema(
        key=_TEXT, type=_TEXT, display=_TEXT, part=_TEXT, sealed=_BYTES, blocked=_FLAG, firstSeen=_TEXT
    ),
    "referred": _schema(kind=_TEXT, id=_TEXT, clock=_TEXT, row=_TEXT),
    "refused": _schema(
        seq=_INT, row=_INT, pointer=_TEXT, message=_TEXT, hint=_TEXT, source=_TEXT, sealed=_BYTES
    ),
    "kept": _schema(seq=_INT, sealed=_BYTES),
    "worth": _schema(record=_TEXT, contribution=_TEXT),
    "places": _schema(store=_TEXT, brand=_TEXT),
    "products": _schema(product=_TEXT, name=_TEXT, clock=_TEXT),
    "records": _schema(
        rid=_INT, key=_TEXT, kind=_TEXT, sealed=_BYTES, signatures=_TEXT, first=_TEXT, last=_TEXT, stats=_TEXT,
        consents=_TEXT, identifiers=_TEXT, profile=_BYTES,
    ),
    "connects": _schema(rid=_INT, key=_TEXT, type=_TEXT, names=_INT, personal=pa.float64()),
    "tokens": _schema(rid=_INT, key=_TEXT),
    "hot": _schema(key=_TEXT),
    "alike": _schema(rid=_INT, key=_TEXT),
    "scopes": _schema(rid=_INT, component=_INT),
    "limits": _schema(type=_TEXT, people=_INT, records=_INT),
    "shared": _schema(key=_TEXT, people=_INT),
}  # fmt: skip


def table(name: str, rows: Sequence[Mapping[str, Any]]) -> SpillTable:
    """Rows of one of the tables."""
    return pa.Table.from_pylist(list(rows), SCHEMAS[name])


class Spill:
    """One DuckDB file under `folder`, in bounded memory."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        self._connection = duckdb.connect(str(folder / "spill.duckdb"))
        limit = min(_MAX_MEMORY, psutil.virtual_memory().total // 4)
        for name, value in {
            "memory_limit": f"{limit // 2**20}MiB",
            "temp_directory": str(folder),
            "threads": threads,
            "preserve_insertion_order": False,
        }.items():
            self._connection.execute(f"SET {name} = ?", [value])
        for name, schema in SCHEMAS.items():
            self._create(name, schema)

    def _create(self, name: str, schema: Any) -> None:
        empty = schema.empty_table()
        self._connection.register("incoming", empty)
        self._connection.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")  # noqa: S608
        self._connection.unregister("incoming")

    def add(self, name: str, rows: SpillTable) -> None:
        self._connection.register("incoming", rows)
        self._connection.execute(f"INSERT INTO {name} SELECT * FROM incoming")  # noqa: S608
        self._connection.unregister("incoming")

    def do(self, step: str) -> None:
        """Runs `sql/<step>.sql`."""
        self._connection.execute(_sql(step))

    def rows(self, step: str) -> list[tuple[Any, ...]]:
        """All rows of `sql/<step>.sql`."""
        return self._connection.execute(_sql(step)).fetchall()

    def arrays(self, step: str) -> Any:
        """All rows of `sql/<step>.sql` as one numpy array a column."""
        return self._connection.execute(_sql(step)).fetchnumpy()

    def query(self, text: str, *parameters: Any, **tables: SpillTable) -> Any:
        """The rows of a query of somebody's own, as one numpy array a column; `tables` can be asked like others."""
        for name, content in tables.items():
            self._connection.register(name, content)
        return self._connection.execute(text, list(parameters)).fetchnumpy()

    def by_record(self, text: str, column: str | None, *parameters: Any, **tables: SpillTable) -> Any:
        """A column of a query by record number (its column `rid`), or which numbers are among them. All have one."""
        rows = self.query(text, *parameters, **tables)
        rids = np.asarray(rows["rid"], np.int64)
        [(records,)] = self._connection.execute("SELECT count(*) FROM records").fetchall()
        if column is None:
            found = np.zeros(records, bool)
            found[rids] = True
            return found
        found = np.full(records, -1, np.int64)
        found[rids] = rows[column]
        return found

    def batches(self, step: str) -> Iterator[SpillTable]:
        """The rows of `sql/<step>.sql`, a few thousand at a time. Nothing else may run on the spill meanwhile."""
        reader: Any = self._connection.cursor().sql(_sql(step)).to_arrow_reader(_ROWS_AT_ONCE)
        yield from reader

    def write(self, step: str, path: Path) -> None:
        """Writes the rows of `sql/<step>.sql` as an Arrow file."""
        with pa.OSFile(str(path), "wb") as file:
            reader: Any = self._connection.cursor().sql(_sql(step)).to_arrow_reader(_ROWS_AT_ONCE)
            with pa.ipc.new_file(file, reader.schema) as writer:
                for batch in reader:
                    writer.write_batch(batch)

    def groups(self, step: str, column: str, *, least: int) -> Iterator[SpillTable]:
        """The rows of `sql/<step>.sql`, sorted by `column`, in pieces of `least` rows or more that part no group."""
        held: list[SpillTable] = []
        count = 0
        for batch in self.batches(step):
            if count >= least and batch.num_rows:
                last = held[-1].column(column)[-1]
                cut = _first_other(batch.column(column), last)
                if cut < batch.num_rows:
                    yield pa.Table.from_batches([*held, batch.slice(0, cut)])
                    batch, held, count = batch.slice(cut), [], 0
            held.append(batch)
            count += batch.num_rows
        if count:
            yield pa.Table.from_batches(held)

    def close(self) -> None:
        self._connection.close()


def _first_other(column: Any, value: Any) -> int:
    for place, found in enumerate(column):
        if found != value:
            return place
    return len(column)


def _sql(step: str) -> str:
    return resources.files("ingest.bulk").joinpath("sql", f"{step}.sql").read_text("utf-8")
