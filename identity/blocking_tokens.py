"""Keyed blocking tokens of source records: who meets whom without a common identifier, claimed before it is decided.

A record's tokens are a function of what it says now. A token that more than `MAX_CARRIERS` records carry is hot and
does not count, and counts again when fewer do: its status is a function of the set of its records. Whoever changes what
a record says holds the locks of all its tokens, old and new, so two writers that meet on one never miss each other, and
who carries it says the same until the commit. Who meets on a token is compared; only who is alike is in one component.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.store.database import DbTransaction, Row
from identity.record_state import RecordState
from matching.scoring import Model
from matching.scoring.blocking_tokens import MAX_CARRIERS, tokens_of
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.pair import may_be_one
from privacy.vault import Vault


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A record that carries a locked token: where it stood, and what it is compared by."""

    component: str | None
    profile: ComparedRecord


def _keyed(token: str, vault: Vault) -> str:
    """The token as the store keeps it: nobody can read what it was made of."""
    return vault.keyed("match", token)


def keyed_tokens(state: RecordState, vault: Vault) -> set[str]:
    """The record's tokens as the store keeps them."""
    return {_keyed(token, vault) for token in tokens_of(state.likeness())}


def meet(states: Collection[RecordState], vault: Vault) -> None:
    """Gives all records of a whole population their tokens at once, as intake gives them one by one."""
    tokens = [(state, keyed_tokens(state, vault)) for state in states]
    carriers = Counter(key for _, keys in tokens for key in keys)
    for state, keys in tokens:
        state.blocking_tokens = {key: carriers[key] > MAX_CARRIERS for key in keys}


@dataclass(slots=True)
class BlockingTokens:
    """The tokens that a batch takes and gives up.

    `met`: who of the batch is why another record is read, by that record's key.
    """

    vault: Vault
    model: Model
    met: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    _counts: dict[str, int] = field(default_factory=dict[str, int])
    _hot: dict[str, bool] = field(default_factory=dict[str, bool])
    _holders: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    _candidates: dict[str, _Candidate] = field(default_factory=dict[str, Any])
    _keyed: dict[str, str] = field(default_factory=dict[str, str])

    def guess(self, state: RecordState) -> None:
        """Gives a record that was read without its tokens those that it must have, before claims merge into it."""
        state.blocking_tokens = dict.fromkeys(self._now(state), False)

    async def claim(self, tx: DbTransaction, states: Collection[RecordState]) -> dict[str, str]:
        """Locks the tokens of these records, and tells which others have to be read with their components, since they
        are alike or a token begins or ceases to count: key → component. No round trip where no token is new."""
        now = self._tokens_now(states)
        taken, given_up = _moves(states, now)
        tokens = sorted({key for state in states for key in (*now[state.key], *state.blocking_tokens)})
        # A token that its last record gave up is deleted: who waited for its lock finds nothing, and makes it anew.
        while new := [key for key in tokens if key not in self._counts]:
            # Fewer records may carry a hot token soon: those that have tokens to give up.
            await self._lock(tx, new, MAX_CARRIERS + sum(bool(state.blocking_tokens) for state in states))
        beside: dict[str, str] = {}
        after = {key: self._counts[key] + taken[key] - given_up[key] for key in tokens}
        for key in tokens:
            if self._hot[key] != (after[key] > MAX_CARRIERS):  # or another release set another limit
                if len(self._holders[key]) < self._counts[key]:  # locked before so many were known to give it up
                    await self._lock(tx, [key], self._counts[key])
                moving = {state.key for state in states if key in state.blocking_tokens.keys() ^ now[state.key]}
                self._read_with(beside, self._holders[key], moving)
        for state in states:
            profile = profile_of(state.likeness())
            meeting = {other for key in now[state.key] if after[key] <= MAX_CARRIERS for other in self._holders[key]}
            for other in sorted(meeting - {state.key}):
                if may_be_one(profile, self._candidates[other].profile, self.model):
                    self._read_with(beside, [other], {state.key})
        return beside

    async def _lock(self, tx: DbTransaction, keys: list[str], most: int) -> None:
        batch = {"keys": keys, "most": most}
        [answer] = await tx.run("identity/claim_blocking_tokens", "identity/read_candidates", batch=batch)
        for row in answer["blocking_tokens"]:
            if row["key"] is not None:
                self._counts[row["key"]], self._holders[row["key"]] = row["count"], row["holders"]
                self._hot[row["key"]] = row["hot"]
        for row in answer["candidates"]:
            if row["key"] not in self._candidates:
                profile = profile_of(RecordState.sealed(row["key"], row["sealed"], self.vault).likeness())
                self._candidates[row["key"]] = _Candidate(row["component"], profile)

    def _read_with(self, beside: dict[str, str], records: Iterable[str], why: set[str]) -> None:
        for record in records:
            component = self._candidates[record].component
            if component is not None:  # made by another writer, who has not come to its component
                beside[record] = component
                self.met.setdefault(record, set()).update(why)

    def settle(self, changed: Collection[RecordState], pool: Iterable[RecordState]) -> dict[str, Any]:
        """Gives the records their new tokens, and tells what to write."""
        now = self._tokens_now(changed)
        taken, given_up = _moves(changed, now)
        rows: list[Row] = []
        for state in changed:
            if (tokens := now[state.key]) != state.blocking_tokens.keys():
                rows.append({"record": state.key, "keys": sorted(tokens)})
                state.blocking_tokens = {key: state.blocking_tokens.get(key, False) for key in tokens}
        counts = {key: count + taken[key] - given_up[key] for key, count in self._counts.items()}
        # A token that this batch made for what a record said before its lock; another writer changed the record since.
        unused = {key for key, count in counts.items() if not count}
        for state in pool:
            for key in state.blocking_tokens.keys() & counts.keys():
                state.blocking_tokens[key] = counts[key] > MAX_CARRIERS
        return {
            "matching": sorted(rows, key=lambda row: row["record"]),
            "blockingTokens": [
                {"key": key, "hot": counts[key] > MAX_CARRIERS}
                for key in sorted(taken.keys() | given_up.keys() | unused)
            ],
        }

    def _now(self, state: RecordState) -> set[str]:
        tokens = tokens_of(state.likeness())
        for token in tokens - self._keyed.keys():
            self._keyed[token] = _keyed(token, self.vault)
        return {self._keyed[token] for token in tokens}

    def _tokens_now(self, states: Collection[RecordState]) -> dict[str, set[str]]:
        return {state.key: self._now(state) for state in states}


def _moves(states: Collection[RecordState], now: Mapping[str, set[str]]) -> tuple[Counter[str], Counter[str]]:
    """How many of the records take and give up each token. `now`: record key → the tokens that it must have."""
    taken, given_up = Counter[str](), Counter[str]()
    for state in states:
        taken.update(now[state.key] - state.blocking_tokens.keys())
        given_up.update(state.blocking_tokens.keys() - now[state.key])
    return taken, given_up
