"""Files: every row is read once under its number, in bounded memory, and a bad one costs only itself."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.errors import InvalidInput
from ingest.delivery import Raw
from ingest.files.load import dry_run
from ingest.files.mapping import FileMapping
from ingest.files.reader import MAX_LINE, FileCounts, read_events, row_count
from ingest.parse import parse

MAPPING = FileMapping.model_validate(
    {"event": "identify", "source": "crm", "constants": {"at": "2026-03-01T18:30:00Z"}, "fields": {"subject.id": "id"}}
)


def identify(number: int, **fields: Any) -> dict[str, Any]:
    return {"type": "identify", "messageId": f"m-{number}", "source": "till", "at": "2026-03-01T18:30:00Z", **fields}


def read(path: Path, mapping: FileMapping | None = None) -> list[Raw]:
    return list(read_events(path, mapping, FileCounts()))


def ids(raws: Sequence[Raw]) -> list[tuple[int, str | None]]:
    return [(raw.index, None if raw.error else raw.value["subject"]["id"]) for raw in raws]


def test_csv_rows_keep_the_numbers_of_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'\xef\xbb\xbfid,name\n1,a\nbad\n"2","b\nc"\n3,c\n4,d,e\n')
    raws = read(path, MAPPING)
    assert ids(raws) == [(2, "1"), (3, None), (4, "2"), (5, "3"), (6, None)]
    assert raws[1].error is not None
    assert (raws[1].value, raws[1].error.message) == ("bad", "has 1 columns, not 2")


def test_csv_over_many_blocks(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    lines = [f"{number},{'x' * 500}" if number % 7_000 else "bad" for number in range(2, 30_002)]
    path.write_text("id,name\n" + "\n".join(lines))
    found = ids(read(path, MAPPING))
    assert found == [(number, str(number) if number % 7_000 else None) for number in range(2, 30_002)]


@pytest.mark.parametrize("packed", [False, True])
def test_csv_of_other_encodings(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "x.csv"
    content = "id;name\nJosé;ü\n".encode("latin-1")
    path.write_bytes(gzip.compress(content, mtime=0) if packed else content)
    csv = {"delimiter": ";", "encoding": "latin-1"}
    assert ids(read(path, FileMapping.model_validate(MAPPING.model_dump() | {"csv": csv}))) == [(2, "José")]
    with pytest.raises(InvalidInput, match="is not utf-8"):
        read(path, FileMapping.model_validate(MAPPING.model_dump() | {"csv": {"delimiter": ";"}}))


def test_gzip_of_several_members(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"id,n\n1,a\n", mtime=0) + gzip.compress(b"2,b\n"))
    assert ids(read(path, MAPPING)) == [(2, "1"), (3, "2")]
    path = tmp_path / "x.ndjson.gz"
    path.write_bytes(gzip.compress(b'{"a":1}\n', mtime=0) + gzip.compress(b'{"a":2}\n'))
    assert [raw.value for raw in read(path)] == [{"a": 1}, {"a": 2}]


def test_parquet(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"id": list(range(5_000)), "other": [None] * 5_000}), path, row_group_size=700)
    assert ids(read(path, MAPPING)) == [(number + 1, str(number)) for number in range(5_000)]
    assert row_count(path) == 5_000


def test_ndjson(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(b'\xef\xbb\xbf{"a":1}\n\noops, \n{"a":2}\n' + b"x" * (2 * MAX_LINE + 5) + b'\n{"a":3}')
    found = [(raw.index, None if raw.error else raw.value["a"]) for raw in read(path)]
    assert found == [(1, 1), (3, None), (4, 2), (5, None), (6, 3)]


@pytest.mark.parametrize(
    ("name", "content", "mapped", "words"),
    [
        ("x.csv", b"id,name\n1,a\n", False, "needs a mapping"),
        ("x.parquet", b"PAR1", False, "needs a mapping"),
        ("x.parquet", b"PAR1....", True, "is not a whole Parquet file"),
        ("x.csv", b"name\na\n", True, "has no column id"),
        ("x.csv", b"id,id\na,b\n", True, "has two columns id"),
        ("x.csv", b"", True, "has no column id"),
        ("x.csv", b"id,name\n\xff,b\n", True, "is not utf-8"),
        ("x.json", b'[{"type": 1}]', False, "is a JSON array"),
        ("x.ndjson.gz", gzip.compress(b'{"a":1}\n' * 99, mtime=0)[:-9], False, "is cut off"),
        ("x.ndjson.gz", b"\x1f\x8b\x08\x00" + b"\xff" * 99, False, "is cut off or damaged"),
        ("x.csv.gz", gzip.compress(b"id,name\n" + b"1,a\n" * 99, mtime=0)[:-9], True, "x.csv.gz"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes, mapped: bool, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=words):
        read(tmp_path / name, MAPPING if mapped else None)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson.gz"
    with gzip.open(path, "wt", compresslevel=1) as file:
        for number in range(20_000):
            file.write(json.dumps(identify(number, x="y" * 2_000)) + "\n")
    tracemalloc.start()
    try:
        assert dry_run([(path, None)], lambda _: None).refused == 20_000
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_line_break_in_a_cell_is_a_space(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'id,street\r\n1,"12 High St\r\nFlat 3"\r\n2,"a\tb\x0b"\r\n3,"\n"\r\n')
    fields = {"subject.id": "id", "subject.traits.address.line1": "street"}
    raws = read(
        path,
        MAPPING.model_copy(
            update={"fields": FileMapping.model_validate({"event": "identify", "fields": fields}).fields}
        ),
    )
    subjects = [parse(raw.value).subject for raw in raws]  # pyright: ignore[reportAttributeAccessIssue]
    assert [one.traits.address and one.traits.address.line1 for one in subjects] == ["12 High St Flat 3", "a b", None]
