"""A group of records that took over another holds what both held, whatever the order of joining."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from matching.groups import Group
from matching.guards import PersonClaims
from matching.policy import default
from matching.records import Identifier, Link, Record
from matching.scoring.features import profile_of

CARD, MAIL = Identifier("loyalty_card", "1"), Identifier("email", "a")
held = st.lists(st.sets(st.sampled_from([CARD, MAIL, Identifier("phone", "7")])), min_size=1, max_size=6)


def group(place: int, identifiers: set[Identifier]) -> Group:
    record = Record(f"r{place}", frozenset(identifiers), given=f"name{place}")
    claims = PersonClaims.of(record, identifiers, default())
    return Group.of(record.key, identifiers, claims, profile_of(record), rank=place, known=False, named=False)


@given(held, st.randoms())
def test_joining_counts_who_carries_what(identifiers, random) -> None:
    groups = [group(place, some) for place, some in enumerate(identifiers)]
    random.shuffle(groups)
    one, *others = groups
    for other in others:
        one.merge(other)
    assert sorted(one.members) == [f"r{place}" for place in range(len(identifiers))]
    assert one.rank == 0
    for identifier in set().union(*identifiers):
        carriers = [f"r{place}" for place, some in enumerate(identifiers) if identifier in some]
        assert one.holds[identifier] == (len(carriers), min(carriers))
    assert one.profiles == Counter(profile_of(Record("", frozenset(), f"name{n}")) for n in range(len(identifiers)))


def test_what_is_true_of_one_is_true_of_both() -> None:
    one, other = group(0, {MAIL}), group(1, {MAIL})
    other.known = other.named = other.settled = other.ambiguous = other.decided = True
    link = Link("r0", "r1", "MAIL", "email", 11.0)
    one.merge(other, link)
    assert all((one.known, one.named, one.settled, one.ambiguous, one.decided))
    assert one.links == [link]
