"""Tables as people have them: other delimiters and encodings, cells that are lists, numbers or missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from domain.errors import InvalidInput
from ingest.files.table import read_table


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('name,town\n"Lee, Ann",Zürich\n', "utf-8"),
        ('name,town\n"Lee, Ann",Zürich\n', "utf-8-sig"),
        ("name;town\nLee, Ann;Zürich\n", "cp1252"),
        ("name\ttown\nLee, Ann\t Zürich \n", "utf-8"),
        ('"name|s"|town\nLee, Ann|Zürich\n'.replace('"name|s"', "name"), "cp1252"),
    ],
)
def test_a_csv_file_is_read_as_it_is(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(text.encode(encoding))
    assert read_table([path]) == {"name": ["Lee, Ann"], "town": ["Zürich"]}


def test_delimiters_inside_a_quoted_name_do_not_count(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text('"name;of;whom",town\nAnn,Rye\n')
    assert list(read_table([path])) == ["name;of;whom", "town"]


def test_cells_of_parquet_are_text(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    columns = {"phones": [["555", "556"], None], "born": [date(1990, 1, 2), None], "zip": [8001, None]}
    pq.write_table(pa.table(columns), path)
    assert read_table([path]) == {"phones": ["555; 556", ""], "born": ["1990-01-02", ""], "zip": ["8001", ""]}


def test_columns_that_one_file_lacks_are_empty_there(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name,town\nAnn,Rye\n")
    (tmp_path / "b.csv").write_text("name,phone\nBo,555\n")
    table = read_table([tmp_path / "a.csv", tmp_path / "b.csv"])
    assert table == {"name": ["Ann", "Bo"], "town": ["Rye", ""], "phone": ["", "555"]}


@pytest.mark.parametrize("content", [b"", b"name,town\nAnn\n", b"name,name\nAnn,Bo\n", b"PAR1 and nothing"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(InvalidInput):
        read_table([tmp_path / "x.csv"])
