"""Mappings: rows become the events that the mapping says, and a wrong mapping says where it is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain.errors import EventRefused, InvalidInput
from domain.events import MAX_LINES
from ingest.files.grouping import grouped
from ingest.files.mapping import FileMapping, load_mappings, mapping_for
from ingest.files.rows import Mapper, RowSkipped
from ingest.files.transforms import cell_text, transform
from ingest.parse import parse

AT = "2026-03-01T18:30:00Z"


def mapper(**fields: Any) -> Mapper:
    return Mapper(FileMapping.model_validate({"event": "identify", "source": "crm", "constants": {"at": AT}, **fields}))


def write(path: Path, text: str) -> Path:
    (path / "m.yaml").write_text(text)
    return path / "m.yaml"


@pytest.mark.parametrize(
    ("spec", "text", "result"),
    [
        ("strip", " a ", "a"), ("lower", "aB", "ab"), ("upper", "aB", "AB"), ("title", "mac donald", "Mac Donald"),
        ("digits", "(202) 555-0143", "2025550143"), ("integer", "12.0", "12"), ("decimal", "1E+2", "100"),
        ("decimal:2", "0.30000000000000004", "0.30"), ("decimal:0", "2.5", "2"),
        ("date:%Y%m%d", "19800229", "1980-02-29"),
        ("date:%d.%m.%Y", "29.02.1980", "1980-02-29"), ("prefix:crm:", "7", "crm:7"),
        ("datetime:%Y-%m-%d %H:%M:%S@America/New_York", "2026-01-05 08:00:00", "2026-01-05T13:00:00+00:00"),
        ("datetime:%Y-%m-%d %H:%M@Europe/Rome", "2026-07-05 08:00", "2026-07-05T06:00:00+00:00"),
        ("datetime:", "2026-01-05T08:00:00+01:00", "2026-01-05T07:00:00+00:00"),
        ("datetime:@UTC", "2026-01-05T08:00:00", "2026-01-05T08:00:00+00:00"),
        ({"map": {"F": "female"}}, "F", "female"), ({"map": {"F": "female"}}, "x", "x"),
    ],
)  # fmt: skip
def test_transforms(spec: Any, text: str, result: str) -> None:
    assert transform(spec)(text) == result


@pytest.mark.parametrize(
    ("spec", "text"),
    [("integer", "1.5"), ("integer", "x"), ("decimal", "1e99999"), ("decimal", "NaN"), ("decimal:2", "Infinity"),
     ("date:%Y%m%d", "19800230"), ("datetime:@UTC", "soon"), ("datetime:", "2026-01-05T08:00:00")],
)  # fmt: skip
def test_cells_that_a_transform_cannot_read(spec: str, text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        transform(spec)(text)
    assert text not in str(caught.value)


@pytest.mark.parametrize(
    "spec", ["shout", "strip:x", "date", "decimal:x", "datetime:%Y@Mars/Base", "prefix:", {"x": {}}]
)
def test_unknown_transforms(spec: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        transform(spec)


def test_cells_of_every_type() -> None:
    assert [cell_text(cell) for cell in (None, float("nan"), 0.5, 7, True, "x", b"y")] == [
        "", "", "0.5", "7", "true", "x", "y"]  # fmt: skip


def test_a_row_becomes_an_event() -> None:
    spec = {
        "message_id": "id",
        "constants": {"at": AT, "subject.region": "US"},
        "fields": {
            "subject.id": "id",
            "subject.identifiers.phone": [{"column": "home", "transforms": ["digits"]}, "mobile"],
            "subject.identifiers.email": {"column": "mail", "transforms": ["lower"]},
            "subject.traits.givenName": {"concat": ["first", "middle"], "transforms": ["title"]},
            "subject.traits.extra.origin": {"constant": "crm export"},
        },
        "null_values": ["-", "n/a"],
    }
    row = {"id": 7, "home": "202-555", "mobile": "202555", "mail": "-", "first": " jane ", "middle": None}
    raw = mapper(**spec).event([row])
    assert raw == {
        "type": "identify", "version": 1, "source": "crm", "messageId": "identify:7", "at": AT,
        "subject": {
            "region": "US", "id": "7", "identifiers": {"phone": ["202555"]},
            "traits": {"givenName": "Jane", "extra": {"origin": "crm export"}},
        },
    }  # fmt: skip
    parse(raw)


def test_message_ids_are_the_same_each_time_and_tell_rows_apart() -> None:
    def ids(*rows: dict[str, Any], **spec: Any) -> list[str]:
        made = mapper(fields={"subject.id": "a", "subject.traits.suffix": "b"}, **spec)
        return [made.event([row])["messageId"] for row in rows]

    one, two = {"a": "x:y", "b": "z"}, {"a": "x", "b": "y:z"}
    assert ids(one, two) == ids(one, two)
    assert len({*ids(one, two), *ids(one, two, message_id=["a", "b"])}) == 4
    # One source's orders and products may share their numbers.
    assert ids(one, message_id="a") != ids(one, message_id="a", event="track")
    assert len(ids({"a": "x" * 300, "b": ""}, message_id=["a"])[0]) < 100
    assert "sha256" in ids({"a": "", "b": "x"}, message_id=["a"])[0]


def test_empty_and_unreadable_cells() -> None:
    def event(cell: str, **spec: Any) -> dict[str, Any]:
        made = mapper(fields={"subject.traits.birthDate": {"column": "b", "transforms": ["date:%Y%m%d"], **spec}})
        raw = made.event([{"b": cell}])
        return raw.get("subject", {}).get("traits", {}) | {"omitted": made.omitted}

    assert event("") == {"omitted": 0}
    assert event("", default="1900-01-01") == {"birthDate": "1900-01-01", "omitted": 0}
    assert event("soon", if_invalid="omit") == {"omitted": 1}
    with pytest.raises(RowSkipped):
        event("", if_empty="skip_row")
    for cell, spec in (("", {"if_empty": "refuse"}), ("soon", {})):
        with pytest.raises(EventRefused) as caught:
            event(cell, **spec)
        assert (caught.value.pointer, caught.value.hint) == ("/subject/traits/birthDate", "From column b.")


def test_a_group_becomes_one_order() -> None:
    made = mapper(
        event="order.completed",
        constants={"at": AT, "brand": "b", "order.store": "s", "order.channel": "web", "order.currency": "USD"},
        fields={"order.id": "order"},
        group={
            "by": ["order"],
            "sum": {"order.total": {"column": "amount", "transforms": ["decimal:2"]}},
            "lines": {"product": {"column": "product", "if_empty": "skip_row"}, "amount": "amount"},
        },
    )
    rows = [{"order": 1, "product": p, "amount": a} for p, a in (("p", "0.10"), ("q", "0.20"), ("", "9"))]
    raw = made.event(rows)
    assert raw["messageId"] == "order.completed:1"
    assert raw["order"]["total"] == "0.30"
    assert raw["order"]["lines"] == [{"product": "p", "amount": "0.10"}, {"product": "q", "amount": "0.20"}]
    parse(raw)
    with pytest.raises(RowSkipped):
        made.event(rows[2:])
    with pytest.raises(EventRefused):
        made.event([{"order": 1, "product": "p", "amount": "x"}])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("event: identify\n  x: [", "line"),
        ("event: signup", "event: is not an event type"),
        ("event: identify\nfield: {}", "field: Extra inputs"),
        ("event: identify\nsource: My CRM", "source:"),
        ("event: identify\nfields: {subject.id: {column: a, constant: b}}", "exactly one of column, concat"),
        ("event: identify\nfields: {subject.id: {column: a, transforms: [shout]}}", "is no transform; there are strip"),
        ("event: identify\nfields: {subject..id: a}", "not a path"),
        ("event: identify\nfields: {type: a}", "is set by the mapping itself"),
        ("event: identify\nconstants: {subject: a}\nfields: {subject.id: a}", "subject is filled twice"),
        ("event: identify\nfields: {a: {column: b, if_empty: explode}}", "fields.a.0.if_empty"),
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


def groups(keys: str, window: int) -> list[tuple[str, bool]]:
    found = grouped(enumerate(keys), lambda row: (row,), window)
    return [("".join(row for _, row in rows), error is None) for rows, error in found]


def test_grouping() -> None:
    assert groups("aabbbc", 1) == [("aa", True), ("bbb", True), ("c", True)]
    assert groups("abab", 2) == [("aa", True), ("bb", True)]
    # The group that was touched least recently closes first; what comes back later is never a second group.
    assert groups("abacb", 2) == [("b", True), ("b", False), ("aa", True), ("c", True)]
    assert groups("", 1) == []
    assert groups("x" * MAX_LINES, 1) == [("x" * MAX_LINES, True)]
    [(rows, fits)] = groups("x" * (MAX_LINES + 100), 1)
    assert (len(rows), fits) == (MAX_LINES + 1, False)
