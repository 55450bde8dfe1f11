"""What a source says of an account replaces what it said shortly before, in any order of arrival."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from identity.contact_words import Said, days, hear, taken_back

_START = datetime(2026, 3, 1, tzinfo=UTC)
Word = tuple[str, float, bool]
"""Names of phones, the day, and whether it is the whole word of an account's source."""


def after(words: list[Word]) -> Said:
    said: Said = {}
    for names, day, whole in words:
        keys = [f"phone:{name}" for name in names]
        hear(said, "phone", keys, _START + timedelta(days=day), whole=whole)
    return said


def gone(*words: Word) -> str:
    """The phones that are taken back, in whatever order these words arrive."""
    found = {frozenset(taken_back(after(list(order)), "phone")) for order in permutations(words)}
    assert len(found) == 1
    return "".join(sorted(key.removeprefix("phone:") for key in found.pop()))


def test_another_value_soon_after_is_a_correction() -> None:
    assert gone(("a", 0, True), ("b", 1, True)) == "a"
    assert gone(("a", 0, True), ("b", 1, True), ("b", 300, True)) == "a"
    assert gone(("a", 0, True), ("b", 1, True), ("c", 2, True)) == "ab"


def test_a_wrong_value_over_a_right_one_is_taken_back_with_the_right_one() -> None:
    assert gone(("a", 0, True), ("b", 400, True), ("a", 401, True)) == "b"
    assert gone(("a", 0, True), ("b", 400, True), ("a", 401, True), ("a", 800, True)) == "b"


def test_much_later_it_is_a_change_and_both_stay() -> None:
    assert gone(("a", 0, True), ("b", 31, True)) == ""
    assert gone(("a", 0, True), ("a", 90, True), ("b", 91, True)) == ""


def test_two_in_one_word_are_two_phones() -> None:
    assert gone(("ab", 0, True), ("a", 1, True)) == ""
    assert gone(("a", 0, True), ("ab", 1, True), ("a", 2, True)) == ""
    assert gone(("a", 0, True), ("bc", 1, True)) == "a"


def test_what_an_order_names_adds_and_is_never_replaced() -> None:
    assert gone(("a", 0, False), ("b", 1, True)) == ""
    assert gone(("a", 0, True), ("b", 1, False)) == ""
    assert gone(("a", 0, True), ("b", 1, True), ("a", 2, False)) == ""


def test_the_word_that_there_is_none_takes_everything_back() -> None:
    assert gone(("a", 0, False), ("bc", 0, True), ("", 400, True)) == "abc"
    assert gone(("a", 0, False), ("b", 1, True), ("", 2, True), ("a", 3, False)) == "b"


def test_of_two_words_of_one_moment_the_later_receipt_holds() -> None:
    assert taken_back(after([("a", 1, True), ("b", 1, True)]), "phone") == {"phone:a"}
    assert taken_back(after([("b", 1, True), ("a", 1, True)]), "phone") == {"phone:b"}
    assert taken_back(after([("a", 1, True), ("b", 1, True), ("c", 1, True)]), "phone") == {"phone:a", "phone:b"}


def test_types_are_apart() -> None:
    said = after([("a", 0, True)])
    hear(said, "email", ["email:x"], _START + timedelta(days=1), whole=True)
    assert not taken_back(said, "phone")
    assert not taken_back(said, "email")


def test_days_are_those_of_all_that_was_said() -> None:
    assert days(after([("a", 3, False), ("a", 1, True), ("b", 2, True)]), "phone:a") == ("2026-03-02", "2026-03-04")


@given(
    st.data(),
    st.lists(
        st.tuples(st.sampled_from(("", "a", "b", "ab", "c")), st.integers(0, 100), st.booleans()),
        max_size=8,
        unique_by=lambda word: word[1],
    ),
)
def test_the_order_of_arrival_does_not_matter(data: st.DataObject, words: list[Word]) -> None:
    words = [word for word in words if word[0] or word[2]]
    arrived = data.draw(st.permutations(words + words[:2]))
    assert after(arrived) == after(words)
