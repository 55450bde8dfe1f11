"""What goes into `resolve` and what comes out: source records, clusters, links and refusals, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from matching.rulings import Ruling


class Identifier(NamedTuple):
    """A type and an opaque value (a keyed hash of the normalised one)."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class About:
    """What else a source claims, for scoring: it never joins and never contradicts by itself. Empty: not known."""

    sex: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str], ...] = ()


_NOTHING = About()


@dataclass(frozen=True, slots=True)
class Record:
    """What one source claims about one person. `key` is unique and stable; empty text means not known.

    `rulings` are its parts in agents' decisions. `tokens` are keyed blocking tokens that few records carry: records
    that share one are compared, and nothing more.
    """

    key: str
    identifiers: frozenset[Identifier]
    given: str = ""
    family: str = ""
    suffix: str = ""
    birth_date: date | None = None
    rulings: frozenset[Ruling] = frozenset()
    about: About = _NOTHING
    tokens: frozenset[str] = frozenset()


DECIDED = "decision"
SCORED = "score"
REVIEW = "REVIEW"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Why two records became one person: the strongest identifier both carry, an agent's decision (the type is then
    `DECIDED`), or how much they agree (`SCORED`). `weight` is in bits; left < right."""

    left: str
    right: str
    rule: str
    identifier_type: str
    weight: float


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """Why two records that share an identifier stay two people. `rule` is a stable code; left < right.

    `left` and `right` are the first records of the two clusters that carry the shared identifier, `identifier_type`
    is its type, and `detail` is words without personal data.
    """

    left: str
    right: str
    rule: str
    identifier_type: str
    detail: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """One person: sorted record keys, and the `len(members) - 1` links that span them."""

    members: tuple[str, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Partition:
    """Every record in exactly one cluster; clusters by first member, refusals sorted."""

    clusters: tuple[Cluster, ...]
    refusals: tuple[Refusal, ...] = ()
