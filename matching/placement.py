"""Placing newcomers among settled groups. A newcomer that fits one person joins it; one that fits several people about
equally well is held apart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from itertools import combinations
from typing import NamedTuple

from matching.guards import is_contradiction
from matching.linkage import PER_BIT, Forest, Group
from matching.records import Identifier

CLEARLY = 3 * PER_BIT
"""How much stronger the evidence for one of two contradictory people must be than for the other."""


class _Verdict(NamedTuple):
    evidence: int
    best: Group
    rivals: bool
    close: bool


def place_newcomers(
    forest: Forest,
    newcomers: Iterable[Group],
    *,
    attach: bool,
    regroup: Callable[[Collection[str], Collection[Identifier]], Iterable[Group]],
    follows: Callable[[Group], Collection[str]],
) -> set[Group]:
    """The groups that may have something to link now: newcomers that were not placed, and groups that got a newcomer.

    A newcomer that fits settled groups which contradict each other joins the clearly best one or is held apart.

    Evidence counts each common identifier and each field once. So a person with many records attracts no more than one
    with a single record. `attach` also joins newcomers
    that fit only one group; without it, average linkage places these. It works in rounds: all newcomers next to settled
    groups are judged against the same state, then moved, then their neighbours are judged. `regroup` builds new groups
    from the records held apart, without the identifiers that contradictory groups have in common. These groups are kept
    away from all settled groups. A newcomer that `follows` records of only one group that it fits joins that one.
    """
    pool = set(newcomers)
    held: list[Group] = []
    grown: set[Group] = set()
    ready: Collection[Group] = pool
    while ready:
        verdicts = [(verdict, group) for group in ready if (verdict := _verdict(forest, group, follows(group)))]
        moved: list[Group] = []
        for verdict, group in sorted(verdicts, key=lambda judged: (-judged[0].evidence, judged[1].rank)):
            if not verdict.rivals and not attach:
                continue
            pool.remove(group)
            if verdict.close or forest.judge(group, verdict.best):
                held.append(group)
            else:
                forest.join(verdict.best, group)
                moved.append(verdict.best)
        grown.update(moved)
        ready = {group for target in moved for group in forest.neighbours(target)} & pool
    if held:
        _hold(forest, held, regroup)
    return pool | grown


def _verdict(forest: Forest, newcomer: Group, follows: Collection[str]) -> _Verdict | None:
    fits = [group for group in forest.neighbours(newcomer) if group.settled and forest.judge(newcomer, group) is None]
    evidence = {group: forest.fit(newcomer, group) for group in fits if forest.bits(newcomer, group) > 0}
    if not evidence:
        return None
    followed = [group for group in evidence if not set(follows).isdisjoint(group.members)]
    if len(followed) == 1:
        return _Verdict(evidence[followed[0]], followed[0], rivals=True, close=False)
    best = min(evidence, key=lambda group: (-evidence[group], group.rank))
    rivals = [group for group in evidence if group is not best and is_contradiction(forest.judge(best, group))]
    close = any(evidence[best] - evidence[rival] < CLEARLY for rival in rivals)
    return _Verdict(evidence[best], best, bool(rivals), close)


def _hold(
    forest: Forest,
    held: list[Group],
    regroup: Callable[[Collection[str], Collection[Identifier]], Iterable[Group]],
) -> None:
    contested = {
        identifier
        for identifier in {i for group in held for i in forest.evidence(group)}
        if any(
            is_contradiction(forest.judge(a, b))
            for a, b in combinations([group for group in forest.holders(identifier) if group.settled], 2)
        )
    }
    for group in held:
        forest.remove(group)
    for held_group in regroup([key for group in held for key in group.members], contested):
        held_group.ambiguous = held_group.settled = True
        forest.add(held_group)
