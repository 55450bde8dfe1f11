"""Agents' decisions as evidence: who is one person, who is not, and whose records are to stay as they are.

A decision stands with the records it is about. Where two contradict each other the newer one holds and the older one is
superseded as a whole; it holds again once the newer one is undone. So the outcome depends on the set of decisions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class RulingRule(StrEnum):
    """What a decision says of a record."""

    JOIN = "join"
    APART = "apart"
    LOCK = "lock"
    FIELD = "field"


class Ruling(NamedTuple):
    """A record's part in one decision, whose ids sort by time.

    JOIN: one person with all others of the decision. APART: somebody else than those on another `side`. LOCK: one
    person with all others of the decision, and with nobody besides. FIELD: what an agent said of a golden field stands
    on it, which tells nothing about who it is.
    """

    decision: str
    rule: RulingRule
    side: int = 0

    @property
    def ties(self) -> bool:
        """Whether it puts the decision's records into one component."""
        return self.rule in (RulingRule.JOIN, RulingRule.LOCK)


@dataclass(frozen=True, slots=True)
class RulingsInForce:
    """What decisions come to. `joined`: record → first record of those that are one person. `links`: (left, right) that
    span them. `sides`: record → decision → side. `superseded`: decisions that a newer one overrules."""

    joined: dict[str, str] = field(default_factory=dict[str, str])
    links: tuple[tuple[str, str], ...] = ()
    sides: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    locked: frozenset[str] = frozenset()
    superseded: frozenset[str] = frozenset()


def verdict(rulings: Iterable[tuple[str, Iterable[Ruling]]]) -> RulingsInForce:
    """What (record key, its rulings) come to, taken together: the newest decision first, each where it contradicts none
    that is newer. Linear in the number of rulings, but for the sides that joined records carry."""
    decisions: dict[str, dict[RulingRule, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for key, parts in rulings:
        for ruling in parts:
            decisions[ruling.decision][ruling.rule].append((key, ruling.side))
    people = _People()
    locked: set[str] = set()
    superseded: set[str] = set()
    for decision in sorted(decisions, reverse=True):
        said = decisions[decision]
        holds = people.separate(decision, said[RulingRule.APART])
        for rule in (RulingRule.JOIN, RulingRule.LOCK):
            keys = sorted(key for key, _ in said[rule])
            if holds and keys and (holds := people.unite(keys)) and rule is RulingRule.LOCK:
                locked.update(keys)
        if not holds:
            superseded.add(decision)
    return people.verdict(frozenset(locked), frozenset(superseded))


class _People:
    """Records that decisions join so far, and on which side of which decision they stand."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._sides: dict[str, dict[str, int]] = {}
        self._links: list[tuple[str, str]] = []

    def separate(self, decision: str, parts: Iterable[tuple[str, int]]) -> bool:
        """Keeps the sides apart; False, and nothing done, where a person would stand on two of them."""
        side_of: dict[str, int] = {}
        for key, side in parts:
            if side_of.setdefault(self._root(key), side) != side:
                return False
        for root, side in side_of.items():
            self._sides.setdefault(root, {})[decision] = side
        return True

    def unite(self, keys: list[str]) -> bool:
        """Makes them one person; False, and nothing done, where that would stand on two sides of a decision."""
        roots = sorted({self._root(key) for key in keys})
        sides: dict[str, int] = {}
        for root in roots:
            for decision, side in self._sides.get(root, {}).items():
                if sides.setdefault(decision, side) != side:
                    return False
        first, *others = roots
        for other in others:
            self._parent[other] = first
            self._links.append((first, other))
        self._sides[first] = sides
        return True

    def verdict(self, locked: frozenset[str], superseded: frozenset[str]) -> RulingsInForce:
        roots = {key: self._root(key) for key in list(self._parent)}
        sides = {key: found for key, root in roots.items() if (found := self._sides.get(root))}
        several = {root for root, _ in self._links if self._root(root) == root}
        joined = {key: root for key, root in roots.items() if root in several or key in locked}
        return RulingsInForce(joined, tuple(sorted(self._links)), sides, locked, superseded)

    def _root(self, key: str) -> str:
        parent = self._parent.setdefault(key, key)
        while parent != self._parent[parent]:
            self._parent[key] = parent = self._parent[parent]
        return parent
