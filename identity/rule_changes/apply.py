"""Applies changed identity rules to what is stored, in the background: page by page, each page one ordinary commit.

Whoever is served meanwhile sees the old or the new partition of a component, never half of it. Doing it again changes
nothing; breaking it off loses nothing but the pages that are left.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from cypher import load
from graph.store.database import DbTransaction
from identity.blocking_tokens import BlockingTokens
from identity.locking import lock_and_read
from identity.parts import IdentityParts
from identity.record_state import RecordState
from identity.repartition import Cause, repartition
from matching.policy import UNLIMITED

_PAGE = 200


async def apply_rules(parts: IdentityParts, after: str = "") -> AsyncIterator[tuple[str, int]]:
    """The last key and the number of records done, page by page, from behind `after`. Raises Unavailable."""
    limits = [{"type": p.type, "people": min(p.max_people, UNLIMITED)} for p in parts.policies.values() if p.links]
    if not after:
        await parts.database.run_schema(load("rule_changes/unshare"), limits=limits)
    done = 0
    while rows := await parts.database.read("rule_changes/page", after=after, size=_PAGE):
        keys = [row["key"] for row in rows]

        async def work(tx: DbTransaction, keys: list[str] = keys) -> None:
            await _anew(parts, tx, keys)

        await parts.database.write("rules", work)
        after, done = keys[-1], done + len(keys)
        yield after, done


async def _anew(parts: IdentityParts, tx: DbTransaction, keys: list[str]) -> None:
    """Partitions anew what these records, their linking identifiers and those who are like them stand in."""
    vault, policies = parts.vault, parts.policies
    [answer] = await tx.run("identity/read_records", batch={"records": keys, "components": []})
    tokens = BlockingTokens(vault, policies.model)
    states = [RecordState.from_row(row, vault) for row in answer["states"]]
    for state in states:
        tokens.guess(state)
    beside = await tokens.claim(tx, states)
    meeting = sorted(
        {
            key
            for row in answer["states"]
            for key, type_, shared, blocked, *_ in row["identifiers"]
            if not shared and not blocked and policies.of(type_).links
        }
    )
    stands = {row["key"]: row["component"] for row in answer["states"]}
    stands |= {row["key"]: row["component"] for row in await tx.run("rule_changes/stands", keys=meeting)}
    stands |= beside
    records = [*keys, *(beside.keys() - set(keys))]
    _, rows = await lock_and_read(tx, stands, records=records, identifiers=meeting, wholly=[*records, *meeting])
    pool = {row["key"]: RecordState.from_row(row, vault) for row in rows}
    await repartition(tx, parts, pool, Cause("rules", "rules changed"))
