"""Queries about customers for callers who may see some brands only: what other brands know is not read at all.

Every source record, transaction and brand of a profile's query gets a condition (`cypher/within`), so that the limit
stands in the query itself, whatever the resolvers above do with its rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cypher import load
from domain.errors import NotAllowed

CONSENT = "cross_brand_profile"
"""The purpose for which a guest lets the brands of the group see each other's part of the profile."""
_NODE = re.compile(r"\((\w*):(SourceRecord|Transaction|Brand)( \{[^}]*\})?\)")
_FORMS = {"SourceRecord": "record", "Transaction": "transaction", "Brand": "brand"}
_PARTS = frozenset(("brands", "entries", "former", "moves", "records", "transactions", "visits"))


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
        # As the read model writes it: see `identity.read_model`.
        return {
            "brands": self.brands,
            "sources": self.sources,
            "own": self.own,
            "shared": self.shared,
            "consent": f'"{CONSENT}":[true,',
        }


def parts_within(names: tuple[str, ...]) -> None:
    """Raises NotAllowed where a part shows more than one brand's part of a profile."""
    if not _PARTS.issuperset(names):
        raise NotAllowed("This shows the whole group, and you may see some brands.", hint="Leave it out.")


@lru_cache(512)
def finder_within(text: str) -> str:
    """The finder, looking at what the caller's brands know, and then only at customers whom they have met."""
    found = load("forms/brand_view/customer").replace("CONDITION", load("forms/brand_view/record"))
    return f"{_conditioned(text, '')}\n{found}\n{load('forms/brand_view/base')}"


@lru_cache(512)
def columns_within(text: str) -> str:
    """The parts of a profile, each with what the caller's brands know, or with all where the customer lets them."""
    return _conditioned(text, "whole OR ")


def _conditioned(text: str, unless: str) -> str:
    places = iter(range(1_000))

    def condition(match: re.Match[str]) -> str:
        name, label, properties = match[1] or f"seen{next(places)}", match[2], match[3] or ""
        form = re.sub(r"\b(node|order|event)\b", lambda word: name if word[1] == "node" else f"{name}_{word[1]}",
                      load(f"forms/brand_view/{_FORMS[label]}"))  # fmt: skip
        return f"({name}:{label}{properties} WHERE {unless}{form})"

    return _NODE.sub(condition, text)
