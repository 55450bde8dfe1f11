"""Applies changed identity rules to what is stored, in the background: page by page, each page one ordinary commit.

Whoever is served meanwhile sees the old or the new partition of a component, never half of it. Doing it again changes
nothing; breaking it off loses nothing but the pages that are left.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

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
        stands = {row["key"]: row["component"] for row in rows}

        async def work(tx: DbTransaction, stands: dict[str, str] = stands) -> None:
            await _anew(parts, tx, stands)

        await parts.database.write("rules", work)
        after, done = rows[-1]["key"], done + len(rows)
        yield after, done


async def _anew(parts: IdentityParts, tx: DbTransaction, stood: Mapping[str, str]) -> None:
    """Gives these records the tokens of this release, and partitions anew what they, their linking identifiers and all
    that is like them stand in. `stood`: the component of each a moment ago."""
    vault, policies, keys = parts.vault, parts.policies, list(stood)
    batch = {"records": keys, "components": sorted(set(stood.values()))}
    [answer] = await tx.run("identity/read_records", batch=batch)
    answer["states"] = [row for row in answer["states"] if row["key"] in stood]
    tokens = BlockingTokens(vault, policies.model)
    beside = await tokens.claim(tx, [RecordState.from_row(row, vault) for row in answer["states"]])
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
    while True:
        stands |= beside
        records = [*keys, *sorted(beside.keys() - set(keys))]
        _, rows = await lock_and_read(tx, stands, records=records, identifiers=meeting, wholly=[*records, *meeting])
        pool = {row["key"]: RecordState.from_row(row, vault) for row in rows}
        changed = [pool[key] for key in keys]
        found = beside | await tokens.claim(tx, changed)
        if found == beside:
            break
        beside = found
    now = tokens.settle(changed, pool.values())
    await repartition(tx, parts, pool, Cause("rules", "rules changed"), tokens=now)
