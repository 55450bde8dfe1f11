"""Sums of scored pairs between groups equal a count over all pairs of records, however groups were joined."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from matching.group_scores import GroupScore, GroupScores
from matching.groups import Group
from matching.guards import PersonClaims

KEYS = [f"r{number}" for number in range(6)]
scores = st.dictionaries(st.sampled_from(list(combinations(KEYS, 2))), st.integers(1, 900))


def naive(scored: dict[tuple[str, str], int], one: list[str], other: list[str]) -> GroupScore | None:
    between = {(a, b): w for (a, b), w in scored.items() if (a in one and b in other) or (a in other and b in one)}
    if not between:
        return None
    left, right = min(between, key=lambda pair: (-between[pair], pair))
    return GroupScore(sum(between.values()), between[left, right], left, right)


@given(scores, st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=5), st.integers(0, 5))
def test_sums_are_exact_however_groups_were_joined(scored, joins, removed) -> None:
    bridges = GroupScores(scored)
    standing = {key: Group(place, [key], {}, PersonClaims(), False) for place, key in enumerate(KEYS)}
    for group in standing.values():
        bridges.add(group)
    for one, other in joins:
        keep, gone = standing[KEYS[one]], standing[KEYS[other]]
        if keep is not gone:
            keep.merge(gone)
            bridges.join(keep, gone)
            standing.update(dict.fromkeys(keep.members, keep))
    away = standing[KEYS[removed]]
    bridges.remove(away)
    groups = [group for group in set(standing.values()) if group is not away]
    for one, other in combinations(groups, 2):
        wanted = naive(scored, one.members, other.members)
        assert bridges.of(one).get(other) == bridges.of(other).get(one) == wanted
    assert all(away not in bridges.of(group) for group in groups)
