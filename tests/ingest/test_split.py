"""split: the content decides what a body is, and one bad line costs only itself."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from domain.errors import InvalidInput, TooLarge
from ingest.delivery import Raw
from ingest.split import MAX_MENDED, MAX_VALUES, load_body, load_json, split

ONE, TWO = {"type": "identify"}, {"type": "page"}


def values(body: bytes | str) -> list[Any]:
    return [raw.value for raw in split(body.encode() if isinstance(body, str) else body, most=10)]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps([ONE, TWO]),
        json.dumps({"events": [ONE, TWO]}, indent=2),
        json.dumps({"batch": [ONE, TWO], "sentAt": "2026-03-01T18:30:00Z"}),
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}",
        f"{json.dumps(ONE)}\r\n\r\n{json.dumps(TWO)}\r\n",
        b"\xef\xbb\xbf" + json.dumps([ONE, TWO]).encode(),
        b"\xef\xbb\xbf" + f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n".encode(),
        json.dumps([ONE, TWO]).encode("utf-16"),
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n".encode("utf-16-le"),
    ],
)
def test_every_form_gives_the_same_events(body: bytes | str) -> None:
    assert values(body) == [ONE, TWO]


def test_a_single_event_also_over_several_lines() -> None:
    assert values(json.dumps(ONE, indent=2)) == [ONE]
    assert values(json.dumps({"type": "track", "events": []})) == [{"type": "track", "events": []}]


def test_a_bad_line_is_refused_alone_under_its_line() -> None:
    raws = split(b'{"type":"identify"}\n{"type": oops\n\n{"type":"\xff"}\n{"type":"page"}\n', most=10)
    assert [(raw.index, raw.error is not None) for raw in raws] == [(0, False), (1, True), (3, True), (4, False)]
    assert raws[1].value == '{"type": oops'


UNREADABLE = [
    b'{"givenName":"Jos\xc3"}',  # a letter that was cut
    b'{"a":"\xff\xfe"}',
    b'{"a":"\xed\xa0\x80"}',  # half a surrogate pair
    b'{"a":"first\nsecond"}',  # a raw line break
    b'{"a":"\x00"}',
    b'{"a":"C:\\path"}',  # an escape that JSON has not
    b'{"a":' + b"9" * 5_000 + b"}",
    b'{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
    b'{"a":undefined}',
    b"{'a':1}",
    b'{"a":1 "b":2}',
    b'{"a":"the "best" one"}',
    b'{"a":[1,2}',
    b"oops",
    b"",
]


@pytest.mark.parametrize("bad", UNREADABLE)
@pytest.mark.parametrize(
    "form", [b"[%s]", b' {"events": [%s], "sentAt": "x\xff"} ', b'{"batch":[%s],"context":{"a":[1]}}']
)
def test_a_member_that_cannot_be_read_costs_only_itself(form: bytes, bad: bytes) -> None:
    good = json.dumps(ONE, indent=1).encode()
    raws = split(form % b",\n".join((good, bad, json.dumps(TWO).encode())), most=10)
    assert [(raw.index, raw.error is not None) for raw in raws] == [(0, False), (1, True), (2, False)]
    assert [raws[0].value, raws[2].value] == [ONE, TWO]
    assert raws[1].value == bad.decode("utf-8", "replace")
    assert raws[1].error is not None
    assert raws[1].error.message == "is not JSON"


def test_what_stands_beside_the_array_is_read_too() -> None:
    body = load_body(
        b'{"writeKey": "k", "batch": [{"a": "\xff"}, {"b": "x,]}"}], "context": {"ip": "1", "x": [1, {}]}}'
    )
    assert (body["writeKey"], body["context"]) == ("k", {"ip": "1", "x": [1, {}]})
    assert body["batch"][1] == {"b": "x,]}"}
    assert split(b'[{"type":"page"},]', most=10) == [Raw(0, TWO)]


@pytest.mark.parametrize(
    "body",
    [
        b'[{"type":"page"},{"a":"\xff"}',
        b'[{"type":"page"},{"a":[1]',
        b'[{"a":"\xff"}]]',
        b'{"type":"track","x":"\xff"}',
    ],
)
def test_a_body_that_was_cut_off_is_not_half_taken(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        split(body, most=10)


@pytest.mark.parametrize(
    "body",
    [b"", b" \r\n", b"\xef\xbb\xbf", b"[]", b'{"events":[]}', b"7", b'"x"', b"null", b"oops", b"a\nb", b"\xff\xfe",
     b'[\n{"type":"identify"},\n{"type":"page"}\n', b'{"type":', b"\x1f\x8b", b"[" * 100_000],
)  # fmt: skip
def test_a_body_that_can_never_be_taken(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        split(body, most=10)


@pytest.mark.parametrize("body", [b"[1,2,3]", b"{}\n{}\n{}"])
def test_too_many_events(body: bytes) -> None:
    with pytest.raises(TooLarge):
        split(body, most=2)


def test_values_that_json_has_not_cost_nobody_else() -> None:
    value = load_json(b'{"a": NaN, "b": -Infinity, "c": 1e999, "d": "\\ud800x", "e": 123456789012345678901234567890}')
    assert value["a"] is value["b"] is value["c"] is None
    assert value["d"] == "?x"
    assert orjson.dumps(value)


@pytest.mark.parametrize("piece", [b"{},", b"[[]],", b"[1,2],", b'{"a":[]},', b"1,\n", b"[{}],"])
def test_a_body_of_very_many_values_is_not_read(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.split.load_json", None)
    with pytest.raises(TooLarge):
        split(b"[" + piece * MAX_VALUES + b"{}]", most=10)


def test_what_json_has_not_is_mended_only_in_bodies_that_are_read_fast() -> None:
    body = b"[" + b"[[]]," * (MAX_MENDED // 3) + b"NaN]"
    assert load_json(body)[-1] is None
    with pytest.raises(ValueError, match="too large"):
        load_json(b"[" + b"[[]]," * MAX_MENDED + b"NaN]")


@pytest.mark.parametrize("line", [b"{}\n", b"{}\n\n", b"oops\n"])
def test_lines_past_the_bound_are_not_read(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    read = list[int]()
    monkeypatch.setattr("ingest.split.read_line", lambda index, line: read.append(index))  # pyright: ignore
    with pytest.raises(TooLarge):
        split(b"{}\n" + line * 100_000, most=10)
    assert len(read) == 10


def test_blank_lines_are_bounded() -> None:
    with pytest.raises(TooLarge):
        split(b"{}" + b"\n" * (MAX_VALUES + 1) + b"{}", most=10)


def test_the_last_of_two_members_counts() -> None:
    assert values('{"type": "page", "type": "identify"}') == [ONE]
    assert values('{"type": "page", "type": "identify", "x": NaN}') == [ONE | {"x": None}]
