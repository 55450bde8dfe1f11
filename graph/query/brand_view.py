"""Queries about customers for callers who may see some brands only: what other brands know is not read at all.

Every node of a profile's query gets the condition of its label (`cypher/templates/brand_view`), so that the limit is in
the query itself, whatever the resolvers above do with its rows. A label that `LABELS` does not know, or a node that
cannot be seen in the text, refuses the query when it is built: nothing is shown because it was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cypher import load
from domain.errors import NotAllowed
from graph.query.node_patterns import NodePattern, node_patterns

PARTS = frozenset(
    (
        "brands",
        "cards",
        "coupons",
        "enrolment",
        "entries",
        "former",
        "moves",
        "records",
        "rewards",
        "statement",
        "tier_orders",
        "transactions",
        "visits",
    )
)
"""The parts that a caller with a brand limit may read. The others show the whole group."""


@dataclass(frozen=True, slots=True)
class LimitedBy:
    """Nodes of the label are read where the condition `cypher/templates/brand_view/<form>.cypher` holds."""

    form: str


@dataclass(frozen=True, slots=True)
class Exempt:
    """Nodes of the label are read without a condition, because of `reason`."""

    reason: str


LABELS: Mapping[str, LimitedBy | Exempt] = {
    "SourceRecord": LimitedBy("record"),
    "Transaction": LimitedBy("transaction"),
    "LedgerEntry": LimitedBy("ledger_entry"),
    "Brand": LimitedBy("brand"),
    "Customer": Exempt("only a customer whom these brands have met is found; parts that show others are not in PARTS"),
    "Identifier": Exempt("it is reached from a source record or leads to one, and that has a condition"),
    "Store": Exempt("it is reached from a transaction, which has a condition; where a store is is no secret"),
    "Product": Exempt("it is reached from a transaction, which has a condition; what is sold is no secret"),
    "PointsCommand": Exempt("it is reached from a record or a ledger entry, and these have a condition"),
    "Limit": Exempt("how much of a reward is left for everybody is no secret of a guest"),
    "Segment": Exempt("the part that reads segments is not in PARTS"),
}


@dataclass(frozen=True, slots=True)
class BrandView:
    """The brands and sources that a caller may see, and the key of a guest's own record.

    `shared`: whether policy lets a guest's consent open the picture of all brands.
    """

    brands: tuple[str, ...]
    sources: tuple[str, ...]
    own: str | None
    shared: bool

    @property
    def parameters(self) -> dict[str, Any]:
        return {"brands": self.brands, "sources": self.sources, "own": self.own, "shared": self.shared}


def parts_within(names: tuple[str, ...]) -> None:
    """Raises NotAllowed where a part shows more than one brand's part of a profile."""
    if not PARTS.issuperset(names):
        raise NotAllowed("This shows the whole group, and you may see some brands.", hint="Leave it out.")


@lru_cache(512)
def finder_within(text: str) -> str:
    """The finder, looking at what the caller's brands know, and then only at customers whom they have met.

    Raises ValueError where a node has no rule, or cannot be seen.
    """
    found = load("templates/brand_view/customer").replace("CONDITION", load("templates/brand_view/record"))
    return f"{_conditioned(text, '', ())}\n{found}\n{load('templates/brand_view/base')}"


@lru_cache(512)
def columns_within(text: str) -> str:
    """The parts of a profile, each with what the caller's brands know and those that the customer opened to them.

    Raises ValueError where a node has no rule, or cannot be seen.
    """
    return _conditioned(text, "whole OR ", ("c",)).replace("$view.brands", "shownBrands")


def _conditioned(text: str, unless: str, bound: Iterable[str]) -> str:
    pieces: list[str] = []
    end = 0
    for place, node in enumerate(node_patterns(text, bound)):
        pieces += text[end : node.start], _limited(node, node.name or f"seen{place}", unless)
        end = node.end
    return "".join(pieces) + text[end:]


def _limited(node: NodePattern, name: str, unless: str) -> str:
    match LABELS.get(node.label):
        case LimitedBy(form):
            condition = re.sub(
                r"\b(node|order|event)\b",
                lambda word: name if word[1] == "node" else f"{name}_{word[1]}",
                load(f"templates/brand_view/{form}"),
            )
            return f"({name}:{node.label}{node.properties} WHERE {unless}{condition})"
        case Exempt():
            return f"({node.name}:{node.label}{node.properties})"
        case None:
            raise ValueError(f"{node.label} has no rule in graph.query.brand_view.LABELS")
