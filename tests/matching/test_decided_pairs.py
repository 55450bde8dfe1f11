"""Agents' decisions shift the odds only where decisions that taught nothing are predicted better by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matching import Identifier, Record, default
from matching.decided_pairs import DecidedPair, decided_pairs, taught
from matching.rulings import Ruling, RulingRule
from matching.scoring import default_model
from matching.scoring.training import Trained

MODEL = default_model()
TRAINED = Trained(MODEL, (), 0.0)
PHONE = Identifier("phone", "1")


def decisions(count: int, bits: float, *, same: float) -> list[DecidedPair]:
    """Some decisions about equally doubtful pairs; a share of them found one person."""
    return [DecidedPair(f"decision-{n}", bits, n % 10 < same * 10) for n in range(count)]


@pytest.mark.parametrize(("same", "direction"), [(0.9, 1), (0.1, -1)])
def test_decisions_that_the_odds_predict_badly_shift_them(same: float, direction: int) -> None:
    model = taught(TRAINED, decisions(200, 0.0, same=same)).model
    shift = model.card["decisions"]["shift"]
    assert 2.5 < direction * shift < 3.5, "odds of nine to one are about three bits"
    assert model.prior == pytest.approx(MODEL.prior + shift)
    assert model.relatives == pytest.approx(MODEL.relatives + shift)
    assert model.version != MODEL.version


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        decisions(20, 0.0, same=0.9),  # too few are kept aside
        decisions(200, 40.0, same=0.0),  # the agents knew what no record says
    ],
)
def test_decisions_that_prove_nothing_change_nothing(pairs: list[DecidedPair]) -> None:
    model = taught(TRAINED, pairs).model
    assert model.card["decisions"]["shift"] == 0.0
    assert (model.prior, model.relatives) == (MODEL.prior, MODEL.relatives)


def test_a_shift_that_those_kept_aside_contradict_is_refused() -> None:
    pairs = decisions(200, 0.0, same=0.9)
    both = taught(TRAINED, pairs).model.card["decisions"]
    teaching = {pair.decision for pair in pairs if _is_teaching(pair)}
    split = [pair if pair.decision in teaching else pair._replace(same=not pair.same) for pair in pairs]
    card = taught(TRAINED, split).model.card["decisions"]
    assert card["kept_aside"] == both["kept_aside"] == len(pairs) - len(teaching)
    assert card["loss_with"] > card["loss_without"]
    assert card["shift"] == 0.0


def _is_teaching(pair: DecidedPair) -> bool:
    """One that counts where it is alone with many that are kept aside."""
    return taught(TRAINED, [pair]).model.card["decisions"]["kept_aside"] == 0


def test_a_decision_is_weighed_by_what_spoke_without_it() -> None:
    born = date(1984, 3, 9)
    anna = Record("a", frozenset((PHONE,)), "Anna", "Mifsud", birth_date=born)
    mary = replace(anna, key="m", given="Mary", birth_date=date(1980, 5, 1))
    join = [replace(r, rulings=frozenset((Ruling("d1", RulingRule.JOIN),))) for r in (anna, mary)]
    [joined] = decided_pairs(join, (), default())
    assert joined.same
    assert joined.bits < 0, "two sisters, but for the decision"
    one = replace(anna, key="b")
    apart = [
        replace(r, rulings=frozenset((Ruling("d2", RulingRule.APART, side),))) for side, r in enumerate((anna, one))
    ]
    [parted] = decided_pairs(apart, (), default())
    assert not parted.same
    assert parted.bits > 10, "one person, but for the decision"
    needless = [replace(r, rulings=frozenset((Ruling("d3", RulingRule.JOIN),))) for r in (anna, one)]
    assert decided_pairs(needless, (), default()) == []


def test_a_superseded_decision_teaches_nothing() -> None:
    anna = Record("a", frozenset((PHONE,)), "Anna", "Mifsud")
    mary = replace(anna, key="m", given="Mary")
    both = [
        replace(r, rulings=frozenset((Ruling("d1", RulingRule.JOIN), Ruling("d2", RulingRule.APART, side))))
        for side, r in enumerate((anna, mary))
    ]
    [newest] = decided_pairs(both, (), default())
    assert (newest.decision, newest.same) == ("d2", False)
