"""The input and output of `resolve` as plain values: source records, clusters, links and refusals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from matching.rulings import Ruling


class Identifier(NamedTuple):
    """A type and an opaque value (a keyed hash of the normalised value)."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class About:
    """Other claims of a source, for scoring: by themselves they never join and never contradict. Empty: unknown."""

    sex: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    government_ids: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str], ...] = ()


_NOTHING = About()


@dataclass(frozen=True, slots=True)
class Record:
    """What one source claims about one person. `key` is unique and stable; empty text means unknown.

    `rulings` are the record's parts in agents' decisions. `tokens` are keyed blocking tokens that few records carry:
    records with a common token are compared, nothing more. `former` are the identifiers that only an alias says it had:
    they tie it to the records that have them, unless something contradicts. `several`: it names several people, so it
    joins nobody. `place`: of a record that stands for an identifier at a source, such as a phone at a till: the source.
    """

    key: str
    identifiers: frozenset[Identifier]
    given: str = ""
    family: str = ""
    suffix: str = ""
    birth_date: date | None = None
    rulings: frozenset[Ruling] = frozenset()
    former: frozenset[Identifier] = frozenset()
    about: About = _NOTHING
    tokens: frozenset[str] = frozenset()
    several: bool = False
    place: str = ""


DECIDED = "decision"
SCORED = "score"
REVIEW = "REVIEW"


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """Why two records became one person: their strongest common identifier, an agent's decision (type `DECIDED`), or a
    score of their claims (type `SCORED`). `weight` is in bits; left < right."""

    left: str
    right: str
    rule: str
    identifier_type: str
    weight: float


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """Why two records that share an identifier stay two people. `rule` is a stable code; left < right.

    `left` and `right` are the first records of the two clusters that carry the shared identifier, `identifier_type`
    is its type, and `detail` is a text without personal data.
    """

    left: str
    right: str
    rule: str
    identifier_type: str
    detail: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """One person: sorted record keys, and the `len(members) - 1` links that connect them."""

    members: tuple[str, ...]
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Partition:
    """Every record is in exactly one cluster. Clusters are sorted by first member; refusals are sorted."""

    clusters: tuple[Cluster, ...]
    refusals: tuple[Refusal, ...] = ()
