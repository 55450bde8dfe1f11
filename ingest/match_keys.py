"""Keyed blocking tokens of source records: who meets whom without a common identifier, claimed before it is decided.

A record's tokens are a function of what it says now. A token that more than `MOST` records carry is hot and does not
count, and counts again when fewer do: its status is a function of the set of its records. Whoever takes or gives up a
token holds its lock, so two writers that meet on one never miss each other, and all records of a token that counts are
in one component.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from graph.database import Row, Transaction
from ingest.records import RecordState
from matching.scoring.tokens import MOST, tokens_of
from privacy.vault import Vault


def _keyed(token: str, vault: Vault) -> str:
    """The token as the store keeps it: nobody can read what it was made of."""
    return vault.keyed("match", token)


def keyed_tokens(state: RecordState, vault: Vault) -> set[str]:
    """The record's tokens as the store keeps them."""
    return {_keyed(token, vault) for token in tokens_of(state.evidence())}


def meet(states: Collection[RecordState], vault: Vault) -> None:
    """Gives all records of a whole population their tokens at once, as intake gives them one by one."""
    tokens = [(state, keyed_tokens(state, vault)) for state in states]
    carriers = Counter(key for _, keys in tokens for key in keys)
    for state, keys in tokens:
        state.match_keys = {key: carriers[key] > MOST for key in keys}


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A locked token as the store has it: how many records carry it, and who (key → component) where they are few."""

    count: int
    holders: dict[str, str]


@dataclass(slots=True)
class MatchKeys:
    """The tokens that a batch takes and gives up. `on`: without a model there are none."""

    vault: Vault
    on: bool
    _claimed: dict[str, _Claimed] = field(default_factory=dict[str, _Claimed])
    _keyed: dict[str, str] = field(default_factory=dict[str, str])

    def guess(self, state: RecordState) -> None:
        """Gives a record that was read without its tokens those that it must have, before claims merge into it."""
        state.match_keys = dict.fromkeys(self._now(state), False)

    async def claim(self, tx: Transaction, states: Collection[RecordState]) -> dict[str, str]:
        """Locks what these records take or give up, and tells which other records have to be read with their
        components: key → component. No round trip where nothing is new."""
        taken, given_up = self._moves(states)
        moving = sorted(taken.keys() | given_up.keys())
        # A token that its last record gave up is deleted: who waited for its lock finds nothing, and makes it anew.
        while new := [key for key in moving if key not in self._claimed]:
            batch = {"keys": new, "most": MOST + len(states)}
            [answer] = await tx.run("intake/claim_match_keys", batch=batch)
            rows = (row for row in answer["match_keys"] if row["key"] is not None)
            self._claimed |= {row["key"]: _Claimed(row["count"], dict(row["holders"])) for row in rows}
        beside: dict[str, str] = {}
        for key in moving:
            claimed = self._claimed[key]
            if claimed.count <= MOST:
                beside |= dict(sorted(claimed.holders.items())[:1])  # the others are in its component
            elif claimed.count - given_up[key] + taken[key] <= MOST:
                beside |= claimed.holders
        return beside

    def settle(self, changed: Collection[RecordState], pool: Iterable[RecordState]) -> dict[str, Any]:
        """Gives the records their new tokens, and tells what to write."""
        taken, given_up = self._moves(changed)
        rows: list[Row] = []
        for state in changed:
            now = self._now(state)
            if now != state.match_keys.keys():
                rows.append({"record": state.key, "keys": sorted(now)})
                state.match_keys = {key: state.match_keys.get(key, False) for key in now}
        counts = {key: of.count + taken[key] - given_up[key] for key, of in self._claimed.items()}
        for state in pool:
            for key in state.match_keys.keys() & counts.keys():
                state.match_keys[key] = counts[key] > MOST
        return {
            "matching": sorted(rows, key=lambda row: row["record"]),
            "matchKeys": [{"key": key, "hot": counts[key] > MOST} for key in sorted(counts)],
        }

    def _now(self, state: RecordState) -> set[str]:
        if not self.on:
            return set()
        tokens = tokens_of(state.evidence())
        for token in tokens - self._keyed.keys():
            self._keyed[token] = _keyed(token, self.vault)
        return {self._keyed[token] for token in tokens}

    def _moves(self, states: Collection[RecordState]) -> tuple[Counter[str], Counter[str]]:
        """How many of the records take and give up each token."""
        taken, given_up = Counter[str](), Counter[str]()
        for state in states:
            now = self._now(state)
            taken.update(now - state.match_keys.keys())
            given_up.update(state.match_keys.keys() - now)
        return taken, given_up
