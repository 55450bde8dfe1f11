"""How many different people use an identifier. This number decides whether it is shared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from matching.policy import Policies
from matching.records import Identifier


def count_people(names: Collection[str], strong: Collection[Identifier], policies: Policies) -> int:
    """The smallest number of different people that explains the records of one identifier. At least 1; never falls.

    `names` are the name signatures and `strong` the strong identifiers of the identifier's records (other identifiers
    with a limit may be included and count in the same way). Both count as sets, so order and repeats do not matter. One
    person has one name and at most `max_per_person` values of a type. The identifier is shared exactly if the number is
    higher than `max_people` of its own policy.
    """
    values: dict[str, set[str]] = defaultdict(set)
    for identifier in strong:
        values[identifier.type].add(identifier.value)
    holders = (-(-len(seen) // policies.of(kind).max_per_person) for kind, seen in values.items())
    return max(1, len(set(names)), *holders)
