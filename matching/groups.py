"""Groups of records: unfinished clusters, which linkage joins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from matching.guards import PersonClaims
from matching.records import Identifier, Link
from matching.scoring.features import ComparedRecord


@dataclass(slots=True, eq=False)
class Group:
    """An unfinished cluster. `holds`: how many of its records carry an identifier, and the first of them by key.

    `profiles`: what its records say, and how many say so. `rank`: the lowest rank of its records. `named`: it has a
    given name. `known`: it has a name or more than weak identifiers. `settled`: it existed before the records that are
    now placed. `ambiguous`: it fits several settled groups and joined none. `decided`: an agent joined its records.
    """

    rank: int
    members: list[str]
    holds: dict[Identifier, tuple[int, str]]
    claims: PersonClaims
    profiles: Counter[ComparedRecord]
    known: bool
    named: bool
    links: list[Link] = field(default_factory=list[Link])
    settled: bool = False
    ambiguous: bool = False
    decided: bool = False
    serial: int = 0

    @classmethod
    def of(
        cls,
        key: str,
        linking: Iterable[Identifier],
        claims: PersonClaims,
        profile: ComparedRecord,
        *,
        rank: int,
        known: bool,
        named: bool,
    ) -> Group:
        """A group of one record."""
        return cls(rank, [key], dict.fromkeys(linking, (1, key)), claims, Counter([profile]), known, named)

    def merge(self, other: Group, *why: Link) -> None:
        """Take over everything of the other."""
        self.links += [*other.links, *why]
        for identifier, (count, first) in other.holds.items():
            have, key = self.holds.get(identifier, (0, first))
            self.holds[identifier] = (have + count, min(key, first))
        self.rank = min(self.rank, other.rank)
        self.members += other.members
        self.claims.absorb(other.claims)
        self.profiles.update(other.profiles)
        self.named |= other.named
        self.decided |= other.decided
        self.known |= other.known
        self.settled |= other.settled
        self.ambiguous |= other.ambiguous
