"""How many different people use an identifier: what makes it shared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from matching.policy import Policies
from matching.records import Identifier


def count_people(names: Collection[str], strong: Collection[Identifier], policies: Policies) -> int:
    """The fewest different people who explain what was seen beside one identifier: at least 1, never falling.

    `names` are the name signatures and `strong` the strong identifiers of its records (others that have a limit may be
    among them and count likewise). Both count as sets, so the answer depends on neither order nor repeats. One person
    has one name and at most `max_per_person` values of a type. The identifier is shared exactly where the answer
    exceeds its own policy's `max_people`.
    """
    values: dict[str, set[str]] = defaultdict(set)
    for identifier in strong:
        values[identifier.type].add(identifier.value)
    holders = (-(-len(seen) // policies.of(kind).max_per_person) for kind, seen in values.items())
    return max(1, len(set(names)), *holders)
