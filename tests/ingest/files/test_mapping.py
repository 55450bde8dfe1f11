"""Mappings: rows become the events that the mapping says, and a wrong mapping says where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import InvalidInput
from ingest.files.mapping import load_mappings, mapping_for


def write(path: Path, text: str) -> Path:
    (path / "m.yaml").write_text(text)
    return path / "m.yaml"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("event: identify\n  x: [", "line"),
        ("event: signup", "event: is not an event type"),
        ("event: identify\nfield: {}", "field: is no key of a mapping; did you mean fields?"),
        (
            "event: identify\nfields: {subject.id: {colum: a}}",
            "fields.subject.id.colum: is no key of a mapping; did you",
        ),
        ("source: crm", "event: is required and missing"),
        ("event: identify\nfields: {subject.traits.gender: a}", "did you mean subject.traits.sex?"),
        ("event: identify\nconstants: {subject.trait.sex: f}", "did you mean subject.traits?"),
        ("event: order.completed\ngroup: {by: a, lines: {prodct: b}}", "prodct is no field of a line; did you mean"),
        ("event: order.completed\ngroup: {by: a, sum: {order.totl: {column: b}}}", "order.totl is no field of"),
        ("event: identify\nsource: My CRM", "source:"),
        ("event: identify\nfields: {subject.id: {column: a, constant: b}}", "exactly one of column, concat"),
        ("event: identify\nfields: {subject.id: {column: a, transforms: [shout]}}", "is no transform; there are strip"),
        ("event: identify\nfields: {subject..id: a}", "not a path"),
        ("event: identify\nfields: {type: a}", "is set by the mapping itself"),
        ("event: identify\nconstants: {subject: a}\nfields: {subject.id: a}", "subject is filled twice"),
        (
            "event: identify\nfields: {subject.id: {column: b, if_empty: explode}}",
            "fields.subject.id.if_empty: is none of 'omit'",
        ),
        ("- x", "it:"),
        ("", "No mapping is for"),
        ("event: identify\nsource: a\nfiles: '*.parquet'", "No mapping is for x.csv"),
        ("event: identify", "names no source"),
    ],
)
def test_a_wrong_mapping_says_where(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        mapping_for(Path("x.csv"), load_mappings(write(tmp_path, text)))
    assert words in caught.value.message


def test_the_first_mapping_that_fits_the_file_is_taken(tmp_path: Path) -> None:
    text = "event: track\nfiles: 'a*'\nsource: s\n---\nevent: page\nconstants: {properties.country: NO, name: 1.10}"
    mappings = load_mappings(write(tmp_path, text))
    assert mapping_for(Path("dir/abc.csv"), mappings).event == "track"
    page = mapping_for(Path("b.csv"), mappings, source="web")
    assert (page.source, page.constants) == ("web", {"properties.country": "NO", "name": "1.10"})
