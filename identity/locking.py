"""Locks components and reads what stands in them, as it is behind the locks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from domain.errors import Unavailable
from graph.store.database import DbTransaction, Row

LOCK_AND_READ = ("identity/lock_components", "identity/where_now", "identity/read_records")
_ROUNDS = 50


async def lock_and_read(
    tx: DbTransaction,
    stands: Mapping[str, str],
    *,
    records: Sequence[str],
    identifiers: Sequence[str],
    wholly: Collection[str],
) -> tuple[set[str], list[Row]]:
    """The components in which the keys `wholly` stand, and the rows of their records and of `records`.

    Locks components until records and identifiers stand in no other: a concurrent writer may join or split them until
    they are locked, so only what is read then holds. `stands` is where they stood before: key → component. One round
    trip where nobody came between. Raises Unavailable.
    """
    for _ in range(_ROUNDS):
        whole = {stands[key] for key in wholly if key in stands}
        [answer] = await tx.run(
            *LOCK_AND_READ,
            batch={
                "locks": sorted(set(stands.values())),
                "records": records,
                "identifiers": identifiers,
                "components": sorted(whole),
            },
        )
        now = {row["key"]: row["component"] for row in answer["stands"]}
        if now == stands:
            return whole, answer["states"]
        stands = now
    raise Unavailable("The components of a batch do not hold still.", hint="Try again; nothing was taken.")
