"""Placeholders: what software writes when it has no id names nobody; ids that are only short or odd are ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.placeholders import means_none

PLACEHOLDERS = (
    "null", "undefined", "NaN", "[object Object]", "(null)", "None", "0", "-1", "guest", "anonymous", "N/A", "nil",
    "true", "unknown", "distinct_id", "{{user.id}}", "%{USER_ID}", "00000000-0000-0000-0000-000000000000",
    "NULL", '"null"', "'undefined'", "<null>", "<NA>", "#N/A", "#REF!", "\\N", "-", "--", "?", ".", "", "  ", "{}",
    "[]", "0.0", "-1.0", "-999", "000000", "0x0", "00-00", "not set", "(not set)", "not_authenticated", "walk-in",
    "Walk In",
    "Anonymous User", "null null", "undefined-undefined", "[object Undefined]", "function () { return id }", "xxxx",
    "${userId}", "<%= id %>", "{user_id}", "%USER_ID%", "$USER_ID", "*|ID|*", "[[id]]", "__USER_ID__", ":user_id",
    "user_{{ID}}", "userId", "User ID", "FALSE", "\uff4e\uff55\uff4c\uff4c", "nu\u200bll", "unbekannt", "inconnu",
    "{00000000-0000-0000-0000-000000000000}", "ffffffff-ffff-ffff-ffff-ffffffffffff",
)  # fmt: skip
NAMESPACED = ("web-shop:null", "segment:undefined", "anon:null", "crm:0", "gid://shopify/Customer/0", "a:b:none")
IDS = (
    "1", "7", "20931", "kiosk-1", "A", "AA", "X", "1111", "10", "100", "00000001", "-5", "-100123", "guest-17",
    "guest17", "u0", "0a", "null17", "0035g00000AbCdE", "{3F2504E0-4F89-41D3-9A0C-0305E82C3301}", "nathan",
    "nilsson", "trueman",
    "user7", "nobody@example.org", "deadbeef", "inf1", "$100", "[7]", "{7}", "1e5", "é", "李", "f2a9", "0.1",
    "00:11:22:33:44:55", "8d3c6f0e-51c5-4f43-9a80-1f0d5d5c7b11", "4711:0", "12:null", "web:1", "guest:7", "till-1:0",
)  # fmt: skip

_WRAPPED = (" {}\t", "({})", "[{}]", '"{}"', "<{}>", "{}\u200b", "'({})'", "crm:{}", "{{{}}}")


@pytest.mark.parametrize("text", [*PLACEHOLDERS, *NAMESPACED])
def test_a_placeholder_names_nobody(text: str) -> None:
    assert means_none(text)


@pytest.mark.parametrize("text", NAMESPACED)
def test_without_namespaces_only_the_whole_text_counts(text: str) -> None:
    assert not means_none(text, namespaces=False)


@pytest.mark.parametrize("text", IDS)
def test_an_id_that_is_only_short_or_odd_is_an_id(text: str) -> None:
    assert not means_none(text)


@given(st.sampled_from(("null", "Undefined", "nan", "guest", "n/a", "not set", "0", "-1")), st.sampled_from(_WRAPPED))
def test_case_and_wrapping_make_no_difference(text: str, wrapped: str) -> None:
    assert means_none(wrapped.format(text.upper()))


@given(st.integers(1, 10**18) | st.uuids(version=4))
def test_numbers_and_uuids_are_ids(id_: object) -> None:
    assert not means_none(str(id_))
