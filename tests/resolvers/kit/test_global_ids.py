"""Global ids lead back to type and key, and what is none is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from resolvers.kit.global_ids import global_id, key_of, parsed

types = st.from_regex(r"[A-Z][A-Za-z]{0,20}", fullmatch=True)
keys = st.text(min_size=1).filter(lambda key: not any(0xD800 <= ord(char) < 0xE000 for char in key))


@given(types, keys)
def test_there_and_back(name: str, key: str) -> None:
    text = global_id(name, key)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", text), "safe in an address"
    assert parsed(text) == (name, key)
    assert key_of(name, text) == key


@pytest.mark.parametrize(
    "text", ["", "!", "Customer:1", "Q3VzdG9tZXI", "OjE", "Q3VzdG9tZXI6", "Q3VzdG9tZXI6MQ==\n", "ß"]
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="no global id"):
        parsed(text)


def test_an_id_of_another_type_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no id of a Segment"):
        key_of("Segment", global_id("Customer", "1"))


@given(st.text())
def test_any_text_is_an_id_or_refused(text: str) -> None:
    try:
        name, key = parsed(text)
    except InvalidInput:
        return
    assert name
    assert key
