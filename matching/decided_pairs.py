"""What agents' decisions teach a model: how likely two people are one, where the model is in doubt.

Each decision is one observation: the bits that spoke for one person without it, and what the agent found. They shift
the odds of all pairs (the intercept of Platt 1999, and no slope: agents see only doubtful pairs). Half of the decisions
find the shift. The other half must be predicted better by it, otherwise the model stays as it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize_scalar

from matching.components import components
from matching.group_evidence import score_groups
from matching.policy import Policies
from matching.records import Identifier, Record
from matching.resolve import Guards, Partitioning
from matching.rulings import RulingRule, rulings_in_force
from matching.scoring.features import profiles_of
from matching.scoring.training import Trained, versioned

_DOUBT = 10.0
"""Bits from `link` up to which a decision teaches: beyond, the agent knew what no record says."""
_FEWEST = 20
"""Decisions that are kept aside, at least: fewer prove nothing."""
_SPREAD = 3.0
"""Bits that a shift may well have: a few decisions move the odds less."""
_MOST = 8.0


class DecidedPair(NamedTuple):
    """`bits`: the odds, without the decision, that its two people are one. `same`: what the agent found."""

    decision: str
    bits: float
    same: bool


def decided_pairs(records: Collection[Record], shared: Collection[Identifier], policies: Policies) -> list[DecidedPair]:
    """One for each decision in force that joins two people or keeps two apart, by decision. `records` are whole
    components with their rulings. A join that the records would have made anyway teaches nothing."""
    component_of = {record.key: part for part in components(records, shared, policies) for record in part}
    superseded = rulings_in_force((record.key, record.rulings) for record in records).superseded
    joined: dict[str, list[str]] = defaultdict(list)
    sides: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for record in sorted(records, key=lambda record: record.key):
        for ruling in record.rulings:
            if ruling.decision in superseded:
                continue
            if ruling.rule is RulingRule.APART:
                sides[ruling.decision][ruling.side].append(record.key)
            elif ruling.rule is RulingRule.JOIN:
                joined[ruling.decision].append(record.key)
    found: list[DecidedPair] = []
    for decision in sorted({*joined, *sides}):
        apart = [keys for _, keys in sorted(sides[decision].items())]
        keys = chain(joined[decision], *apart)
        scope = {record.key: record for key in keys for record in component_of[key]}
        without = _Without(decision, scope.values(), shared, policies)
        if len(apart) == 2:
            found.append(DecidedPair(decision, without.bits(*apart), same=False))
        elif not apart and len(people := without.people(joined[decision])) == 2:
            found.append(DecidedPair(decision, without.bits(*people), same=True))
    return found


class _Without:
    """The people of some components as they would be without one decision."""

    def __init__(
        self, decision: str, records: Collection[Record], shared: Collection[Identifier], policies: Policies
    ) -> None:
        self._model = policies.model
        self._of: dict[str, tuple[Partitioning, tuple[str, ...]]] = {}
        others = [replace(r, rulings=frozenset(x for x in r.rulings if x.decision != decision)) for r in records]
        for part in components(others, shared, policies):
            partitioning = Partitioning(part, frozenset(shared), policies)
            for cluster in partitioning.partition(Guards.ON).clusters:
                self._of |= dict.fromkeys(cluster.members, (partitioning, cluster.members))

    def people(self, keys: Sequence[str]) -> list[tuple[str, ...]]:
        """The records of each person that one of these records belongs to."""
        return list(dict.fromkeys(self._of[key][1] for key in keys))

    def bits(self, left: Sequence[str], right: Sequence[str]) -> float:
        """The odds that the records of two sides are of one person, by all they say and carry."""
        sides = ([self._of[key][0].records[key] for key in side] for side in (left, right))
        one, other = (Counter(profiles_of(records)) for records in sides)
        held, others = ({i for key in side for i in self._of[key][0].linking[key]} for side in (left, right))
        worth = self._of[left[0]][0].worth
        return score_groups(one, other, {i: worth[i] for i in held & others if i in worth}, self._model).bits


def taught(trained: Trained, pairs: Sequence[DecidedPair]) -> Trained:
    """The model with the odds of all pairs shifted as these decisions say, if that predicts those kept aside better.

    Its card has under `decisions`: how many were `made`, how many of them are `doubtful` and `kept_aside`, the mean log
    loss of the last in bits with and without the shift, and the `shift` in bits, 0 if it was refused."""
    model = trained.model
    doubtful = [pair for pair in pairs if abs(pair.bits - model.link) <= _DOUBT]
    aside = [pair for pair in doubtful if not _teaches(pair)]
    shift = _shift([pair for pair in doubtful if _teaches(pair)])
    before, after = _loss(aside, 0.0), _loss(aside, shift)
    final = round(_shift(doubtful), 2) if len(aside) >= _FEWEST and after < before else 0.0
    card = {
        "made": len(pairs),
        "doubtful": len(doubtful),
        "kept_aside": len(aside),
        "loss_without": round(before, 4),
        "loss_with": round(after, 4),
        "shift": final,
    }
    model = replace(
        model,
        prior=min(0.0, round(model.prior + final, 2)),
        relatives=round(model.relatives + final, 2),
        card={**model.card, "decisions": card},
    )
    return replace(trained, model=versioned(model))


def _teaches(pair: DecidedPair) -> bool:
    return blake2b(pair.decision.encode(), digest_size=1).digest()[0] % 2 == 0


def _shift(pairs: Sequence[DecidedPair]) -> float:
    """The shift with the least loss, drawn towards 0 as if its likely size were `_SPREAD` bits."""

    def cost(shift: float) -> float:
        return len(pairs) * _loss(pairs, shift) + (shift / _SPREAD) ** 2 / 2

    found: Any = minimize_scalar(cost, bounds=(-_MOST, _MOST), method="bounded")
    return float(found.x) if pairs else 0.0


def _loss(pairs: Sequence[DecidedPair], shift: float) -> float:
    """The mean log loss in bits of what the odds predict."""
    if not pairs:
        return 0.0
    signed = np.array([(pair.bits + shift) * (1 if pair.same else -1) for pair in pairs])
    return float(np.logaddexp2(0, -signed).mean())
