"""A sample of the stored records to learn from: some as good as drawn by lot, and all that could be one with them."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from graph.store.database import Database
from identity.blocking_tokens import keyed_tokens
from identity.record_state import RecordState
from matching.records import Record
from matching.scoring.blocking_tokens import MAX_CARRIERS
from privacy.vault import Vault

_PAGE = 50
_PROBE = 200
"""Records that are drawn first, to see how many others a drawn one brings with it."""
_DIGITS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""The signs of a key's hash, in the order in which texts are compared."""


class RecordSample(NamedTuple):
    """`records`: the `drawn` ones first, then those with a token in common with one of them. `population`: how many
    records the store holds."""

    records: list[Record]
    drawn: int
    population: int


async def sample_records(database: Database, vault: Vault, most: int) -> RecordSample:
    """About `most` records of the store. The same store gives the same sample. Read-only."""
    [counted] = await database.read("rule_changes/count")
    population: int = counted["records"]
    if population <= most:
        return await _drawn(database, vault, "", population)
    probe = await _drawn(database, vault, _below(min(_PROBE, most / 5) / population), population)
    with_each = len(probe.records) / max(1, probe.drawn)
    return await _drawn(database, vault, _below(most / with_each / population), population)


async def _drawn(database: Database, vault: Vault, below: str, population: int) -> RecordSample:
    drawn: dict[str, Record] = {}
    beside: dict[str, Record] = {}
    after = ""
    while rows := await database.read("rule_changes/sample", after=after, below=below, size=_PAGE):
        keys = [row["key"] for row in rows]
        after = keys[-1]
        [answer] = await database.read("identity/read_records", batch={"records": keys, "components": []})
        states = [RecordState.from_row(row, vault) for row in answer["states"]]
        drawn |= {state.key: state.likeness() for state in states}
        if below:
            beside |= await _neighbours(database, vault, states)
    others = [record for key, record in sorted(beside.items()) if key not in drawn]
    return RecordSample([*drawn.values(), *others], len(drawn), population)


async def _neighbours(database: Database, vault: Vault, states: Collection[RecordState]) -> dict[str, Record]:
    tokens = sorted({token for state in states for token in keyed_tokens(state, vault)})
    [answer] = await database.read("identity/read_candidates", batch={"keys": tokens, "most": MAX_CARRIERS})
    others = (RecordState.sealed(row["key"], row["sealed"], vault) for row in answer["candidates"])
    return {other.key: other.likeness() for other in others}


def _below(share: float) -> str:
    """The text below which that share of all ends of hashes is. The last sign of a hash has four values only, so the
    ends are one sign longer than the text."""
    number = max(1, min(int(share * len(_DIGITS) ** 3), len(_DIGITS) ** 3 - 1))
    text = ""
    for _ in range(3):
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text
