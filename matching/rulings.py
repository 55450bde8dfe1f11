"""Agents' decisions as evidence: which records are one person, which are not, and which must stay as they are.

A decision is stored on the records that it is about. If two decisions contradict each other, the newer one is in force
and the older one is superseded as a whole. It is in force again after the newer one is undone. So the result depends on
the set of decisions alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class RulingRule(StrEnum):
    """What a decision says about a record."""

    JOIN = "join"
    APART = "apart"
    LOCK = "lock"
    FIELD = "field"


class Ruling(NamedTuple):
    """A record's part in one decision. Ids of decisions sort by time.

    JOIN: the same person as all other records of the decision. APART: not the same person as records on another `side`.
    LOCK: the same person as all other records of the decision, and as no further record. FIELD: the record stores an
    agent's override of a golden field, which says nothing about the person's identity.
    """

    decision: str
    rule: RulingRule
    side: int = 0

    @property
    def ties(self) -> bool:
        """Whether it connects the decision's records into one component."""
        return self.rule in (RulingRule.JOIN, RulingRule.LOCK)


@dataclass(frozen=True, slots=True)
class RulingsInForce:
    """The combined effect of all decisions. `joined`: record → first record of the same person. `links`: (left, right)
    pairs that connect these records. `sides`: record → decision → side. `superseded`: decisions that a newer decision
    overrules."""

    joined: dict[str, str] = field(default_factory=dict[str, str])
    links: tuple[tuple[str, str], ...] = ()
    sides: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    locked: frozenset[str] = frozenset()
    superseded: frozenset[str] = frozenset()


def rulings_in_force(rulings: Iterable[tuple[str, Iterable[Ruling]]]) -> RulingsInForce:
    """The rulings in force, from pairs of (record key, its rulings). The newest decision counts first; an older one
    counts only if it contradicts no newer one. Linear in the number of rulings, except for the sides that joined
    records carry."""
    decisions: dict[str, dict[RulingRule, list[tuple[str, int]]]] = defaultdict(lambda: defaultdict(list))
    for key, parts in rulings:
        for ruling in parts:
            decisions[ruling.decision][ruling.rule].append((key, ruling.side))
    people = _People()
    locked: set[str] = set()
    superseded: set[str] = set()
    for decision in sorted(decisions, reverse=True):
        parts_by_rule = decisions[decision]
        holds = people.separate(decision, parts_by_rule[RulingRule.APART])
        for rule in (RulingRule.JOIN, RulingRule.LOCK):
            keys = sorted(key for key, _ in parts_by_rule[rule])
            if holds and keys and (holds := people.unite(keys)) and rule is RulingRule.LOCK:
                locked.update(keys)
        if not holds:
            superseded.add(decision)
    return people.in_force(frozenset(locked), frozenset(superseded))


class _People:
    """The records that decisions joined so far, and their sides in other decisions."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._sides: dict[str, dict[str, int]] = {}
        self._links: list[tuple[str, str]] = []

    def separate(self, decision: str, parts: Iterable[tuple[str, int]]) -> bool:
        """Keeps the sides apart. Returns False and changes nothing if one person would be on two sides."""
        side_of: dict[str, int] = {}
        for key, side in parts:
            if side_of.setdefault(self._root(key), side) != side:
                return False
        for root, side in side_of.items():
            self._sides.setdefault(root, {})[decision] = side
        return True

    def unite(self, keys: list[str]) -> bool:
        """Makes them one person. Returns False and changes nothing if it would be on two sides of a decision."""
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

    def in_force(self, locked: frozenset[str], superseded: frozenset[str]) -> RulingsInForce:
        roots = {key: self._root(key) for key in list(self._parent)}
        sides = {key: root_sides for key, root in roots.items() if (root_sides := self._sides.get(root))}
        several = {root for root, _ in self._links if self._root(root) == root}
        joined = {key: root for key, root in roots.items() if root in several or key in locked}
        return RulingsInForce(joined, tuple(sorted(self._links)), sides, locked, superseded)

    def _root(self, key: str) -> str:
        parent = self._parent.setdefault(key, key)
        while parent != self._parent[parent]:
            self._parent[key] = parent = self._parent[parent]
        return parent
