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

_PAGE = 200
_WITH_NEIGHBOURS = 5
"""About how many records a drawn one brings with it, itself included."""
_DIGITS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
"""The signs of a key's hash, in the order in which texts are compared."""


class RecordSample(NamedTuple):
    """`records`: the `drawn` ones first, then those with a token in common with one of them. `population`: how many
    records the store holds."""

    records: list[Record]
    drawn: int
    population: int


async def sample_records(database: Database, vault: Vault, most: int) -> RecordSample:
    """At most about `most` records of the store. The same store gives the same sample. Read-only."""
    [counted] = await database.read("rule_changes/count")
    population: int = counted["records"]
    below = "" if population <= most else _below(most / _WITH_NEIGHBOURS / population)
    drawn: dict[str, Record] = {}
    beside: dict[str, Record] = {}
    after = ""
    while rows := await database.read("rule_changes/sample", after=after, below=below, size=_PAGE):
        keys = [row["key"] for row in rows]
        after = keys[-1]
        [answer] = await database.read("identity/read_records", batch={"records": keys, "components": []})
        states = [RecordState.from_row(row, vault) for row in answer["states"] if row["key"] in set(keys)]
        drawn |= {state.key: state.likeness() for state in states}
        if below and len(beside) < most:
            beside |= await _neighbours(database, vault, states)
    others = [record for key, record in sorted(beside.items()) if key not in drawn][:most]
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
