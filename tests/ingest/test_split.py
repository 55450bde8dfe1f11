"""split: the content decides what a body is, and one bad line costs only itself."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest

from domain.errors import InvalidInput, TooLarge
from ingest.split import load_json, split

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


@pytest.mark.parametrize(
    "body", [b'{"events": 5}', b'{"events": {"type": "page"}}', b'{"batch": "x"}', b'{"events": null, "source": "a"}']
)
def test_a_wrong_envelope_is_refused_as_one(body: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"`(events|batch)` is not an array") as caught:
        values(body)
    assert caught.value.hint
