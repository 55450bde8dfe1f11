"""Bodies are taken apart where their members end, whatever stands inside a member."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.members import Unreadable, read_members
from ingest.split import load_json

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.text(max_size=8)
    | st.sampled_from(['],"', "\\", '{"']),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(_JSON, max_size=5), st.booleans())
def test_a_sound_body_reads_as_json_does(members: list[Any], indented: bool) -> None:
    body = orjson.dumps(members, option=orjson.OPT_INDENT_2 if indented else None)
    assert read_members(body, (), load_json) == members
    wrapped = {"a": members[:1], "batch": members, "z": members[:1]}
    assert read_members(orjson.dumps(wrapped), ("batch",), load_json) == wrapped


@given(
    st.lists(_JSON, max_size=4), st.lists(_JSON, max_size=4), st.sampled_from([b'"\xff"', b'{"a":[1}', b"nul", b'"\n"'])
)
def test_what_is_around_an_unreadable_member_is_read(before: list[Any], after: list[Any], bad: bytes) -> None:
    members = [*map(orjson.dumps, before), bad, *map(orjson.dumps, after)]
    found = read_members(b"[%s]" % b" , ".join(members), (), load_json)
    assert (found[: len(before)], found[len(before) + 1 :]) == (before, after)
    assert found[len(before)].text == Unreadable.of(bad).text


@pytest.mark.parametrize(
    "body", [b"", b"7", b'"x"', b"[", b"[[]", b'["]', b"[]]", b"{}{}", b'{"batch":7}', b"{1:2}", b"[" * 10**5]
)
def test_no_array_no_members(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(has|holds) "):
        read_members(body, ("batch",), load_json)
