from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matching import Record
from matching.names.typos import correct_given_names

NAMES = st.sampled_from(["Calvin", "Clavin", "Mary", "Mark", "Mitchell", "MITHCELL", "Vin", "", "Xquz", "Xquzz"])


def mended(*names: str) -> list[str]:
    return [
        record.given
        for record in correct_given_names([Record(str(n), frozenset(), name) for n, name in enumerate(names)])
    ]


def test_a_slip_is_respelt_as_the_name_beside_it() -> None:
    assert mended("Calvin", "Clavin", "Vin") == ["Calvin", "calvin", "Vin"]


def test_a_name_is_never_taken_for_a_slip_of_another() -> None:
    assert mended("Mary", "Mark", "Mark", "Mark") == ["Mary", "Mark", "Mark", "Mark"]


def test_of_two_unknown_words_the_frequent_one_is_right() -> None:
    assert mended("Xquz", "Xquzz", "Xquzz") == ["xquzz", "Xquzz", "Xquzz"]


@given(st.lists(NAMES), st.randoms(use_true_random=False))
def test_order_does_not_matter(names: list[str], random) -> None:
    records = [Record(str(n), frozenset(), name) for n, name in enumerate(names)]
    shuffled = random.sample(records, len(records))
    assert {r.key: r.given for r in correct_given_names(records)} == {
        r.key: r.given for r in correct_given_names(shuffled)
    }
