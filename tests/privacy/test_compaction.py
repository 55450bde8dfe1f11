"""What is made compact comes back as it was; what is damaged, cut off or too long does not come back at all."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.compaction import MAX_EXPANDED, compact, expand
from tests.kit.building import read
from tests.kit.hard_cases import hard_events

FIRST = "83fb0c29d690bd94ab0b0a26b8c720218deed60a602c0200"


@given(st.binary(max_size=2_000))
def test_there_and_back(text: bytes) -> None:
    assert expand(compact(text)) == text


def test_an_event_takes_less_than_half() -> None:
    texts = [event.model_dump_json(by_alias=True, exclude_defaults=True).encode() for event in read(hard_events())]
    assert sum(map(len, map(compact, texts))) < 0.5 * sum(map(len, texts))


def test_the_dictionary_is_part_of_the_format() -> None:
    """A text of the first release that wrote any: if this fails, stored events cannot be read."""
    assert expand(bytes.fromhex(FIRST)) == b'{"type":"identify","messageId":"m-1","source":"web","subject":{"id":"x"}}'


@given(st.data())
def test_damage_is_noticed_or_gives_bounded_text(data: st.DataObject) -> None:
    small = bytearray(compact(b'{"type":"page","name":"/menu"}' * 3))
    small[data.draw(st.integers(0, len(small) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(ValueError):
        assert len(expand(bytes(small))) <= MAX_EXPANDED


def test_a_text_that_is_cut_off_is_refused() -> None:
    with pytest.raises(ValueError, match="cut off"):
        expand(compact(b"x" * 1_000)[:-2])


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        expand(compact(bytes(MAX_EXPANDED + 1)))
