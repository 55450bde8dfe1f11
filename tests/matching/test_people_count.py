"""How many people an identifier's records name: by sets, and never fewer for more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matching import Identifier, count_people, default

POLICIES = default()


_strong = st.lists(st.builds(Identifier, st.sampled_from(["loyalty_card", "account_id"]), st.text("abc", max_size=2)))


_signatures = st.lists(st.text("abc", max_size=2))


@given(_signatures, _strong, _signatures, _strong)
def test_people_depends_on_sets_and_never_falls(names, strong, more_names, more_strong) -> None:
    count = count_people(names, strong, POLICIES)
    assert count == count_people(set(names), [*strong[::-1], *strong], POLICIES) >= 1
    assert count_people(names + more_names, strong + more_strong, POLICIES) >= count


def test_people_counts_names_and_strong_values() -> None:
    cards = [Identifier("loyalty_card", str(n)) for n in range(9)]
    assert count_people([], cards, POLICIES) == 3
    assert count_people(["RBRT", "MR", "JN", "JN", "AN"], cards, POLICIES) == 4
    assert count_people([], [], POLICIES) == 1
