"""Claims a batch: which of its events are new, and its source records as they are behind all locks, merged.

Which locks a batch needs depends on what it changes, and what it changes is known for sure only behind the locks. So
its claims are merged three times, each time onto what could be read by then:

    1. claim     new events from old; makes and locks transactions and identifiers, makes records and reads them
    2. foresee   merges on a trial, to tell the few records whose evidence changes from all that were only seen again.
                 States only ever grow: what was nothing new before the locks is nothing new behind them
    3. trial     merges whole, and only onto those few: so they tell which blocking tokens they will have, whose locks
                 come before those of components, and who else has to be read
    4. open      locks the components, reads, and merges for good. Behind the locks a record may say other than in the
                 trial and so take other tokens, or take back a contact: then those are claimed, too, and read again,
                 until nobody is missing
    5. settle    the tokens that each record has from now on

1 is one round trip, and one more where a transaction hangs on a record that the batch does not name. 3 is none where
no token is new, and one more where a source takes a contact back (`identity.recount`). 4 is one where nobody came
between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from graph.store.database import DbTransaction, Row
from identity.blocking_tokens import BlockingTokens
from identity.claims import Claims, SubjectClaim, identifier_rows
from identity.large_components import LARGE, InLargeComponents, LargeComponents, reached
from identity.locking import lock_and_read
from identity.parts import IdentityParts
from identity.record_state import KNOWN_KINDS, RecordState
from identity.recount import Recount
from ingest.merging import Subjects, merge_claims
from ingest.order_state import TransactionState
from privacy.vault import Vault

CLAIM = (
    "intake/claim_events",
    "intake/claim_transactions",
    "intake/claim_identifiers",
    "intake/claim_records",
    "programme/newest",
)

_UNREAD: Row = {"identifiers": (), "stats": None, "customer": None, "rulings": ()}
"""What `claim_records` does not read of a record."""


@dataclass(frozen=True, slots=True)
class ClaimedBatch:
    """The new events of a batch, and what the store says of what they name.

    `orders`: transactions by key. `stopped`: (shared, blocked) of each identifier, and `components` where it stands.
    `before`: rows of the named records and of the owners of the transactions, by key, read without a lock.
    `programme`: the newest version of the loyalty programme.
    """

    fresh: Sequence[Claims]
    subjects: Subjects
    orders: Mapping[str, TransactionState]
    stopped: Mapping[str, tuple[bool, bool]]
    components: Mapping[str, str | None]
    before: Mapping[str, Row]
    programme: int


@dataclass(frozen=True, slots=True)
class _Foreseen:
    """What a batch changes, as far as it is known before the locks. `changed`: records whose evidence changes.
    `met`: identifiers that are new to one of them, sorted. `stands`: key → component of all that has to be locked."""

    changed: frozenset[str]
    met: Sequence[str]
    stands: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OpenedBatch:
    """A batch behind its locks, merged. `records` are all that were read, `pool` those of whole components, in which
    people may change; `tokens` are the rows of blocking tokens."""

    records: Mapping[str, RecordState]
    pool: Mapping[str, RecordState]
    tokens: Mapping[str, Any]


async def claim(tx: DbTransaction, vault: Vault, batch: Sequence[Claims], at: datetime) -> ClaimedBatch:
    """Tells new events from old, and makes (as of `at`) and locks what they name. Raises Unavailable."""
    now = at.isoformat()
    subjects = _subjects(batch)
    [answer] = await tx.run(
        *CLAIM,
        batch={
            "events": list(dict.fromkeys(claims.event for claims in batch)),
            "transactions": sorted({claims.transaction for claims in batch if claims.transaction}),
            "identifiers": identifier_rows(subjects, vault),
            "records": sorted({subject.record for _, subject in subjects}),
            "now": now,
        },
    )
    fresh = _fresh(batch, answer["taken"])
    subjects = _subjects(fresh)
    ordered = {claims.transaction for claims in fresh}
    orders = {row["key"]: TransactionState.from_row(row) for row in answer["transactions"] if row["key"] in ordered}
    named = {subject.record for _, subject in subjects}
    rows: list[Row] = [row for row in answer["records"] if row["key"] in named]
    if owners := {state.owner for state in orders.values() if state.owner} - named:
        [more] = await tx.run("intake/claim_records", batch={"records": sorted(owners), "now": now})
        rows += more["records"]
    return ClaimedBatch(
        fresh,
        subjects,
        orders,
        {row["key"]: (row["shared"], row["blocked"]) for row in answer["identifiers"]},
        {row["key"]: row["component"] for row in answer["identifiers"]},
        {row["key"]: row for row in sorted(rows, key=lambda row: row["key"])},
        answer["programme"],
    )


def _fresh(batch: Iterable[Claims], taken: Iterable[str]) -> list[Claims]:
    """Each new event once."""
    seen, fresh = set(taken), list[Claims]()
    for claims in batch:
        if claims.event not in seen:
            seen.add(claims.event)
            fresh.append(claims)
    return fresh


def _subjects(batch: Iterable[Claims]) -> Subjects:
    return [(claims, subject) for claims in batch for subject in claims.subjects]


async def lock_and_merge(tx: DbTransaction, parts: IdentityParts, claimed: ClaimedBatch, *, large: bool) -> OpenedBatch:
    """Locks all that the batch may change, reads it and merges the batch's claims onto it.

    With `large` off it raises InLargeComponents where events stand in a component that is known to be large. Raises
    Unavailable.
    """
    tokens = BlockingTokens(parts.vault, parts.policies.model)
    recount = Recount(parts.policies)
    foreseen = _foresee(claimed, parts.vault)
    trial = _trial(claimed, foreseen.changed, tokens, parts.vault)
    beside = await tokens.claim(tx, trial) | await recount.claim(tx, trial, claimed.before)
    if not large:
        _refuse_large(claimed, {**foreseen.stands, **beside}, tokens, parts.large_components)
    while True:
        records, pool = await _open(tx, parts.vault, claimed, foreseen, beside)
        recount.open(pool.values())
        late = {key for key, record in records.items() if record.dropped} - foreseen.changed
        foreseen = replace(foreseen, changed=foreseen.changed | late)
        changed = [records[key] for key in sorted(foreseen.changed)]
        found = beside | await tokens.claim(tx, changed) | await recount.claim(tx, changed, claimed.before)
        if found == beside and not late:
            return OpenedBatch(records, pool, tokens.settle(changed, pool.values()))
        beside = found


def _foresee(claimed: ClaimedBatch, vault: Vault) -> _Foreseen:
    before = claimed.before
    changed = _changed(claimed, vault)
    met = {
        identifier.key
        for _, subject in claimed.subjects
        if subject.record in changed
        for identifier in subject.identifiers
        if identifier.key not in before[subject.record]["identifiers"]
    }
    stands = {key: row["component"] for key, row in before.items()} | {key: claimed.components[key] for key in met}
    return _Foreseen(changed, sorted(met), {key: component for key, component in stands.items() if component})


def _changed(claimed: ClaimedBatch, vault: Vault) -> frozenset[str]:
    """The records whose evidence the batch changes, and those whose orders it may take away: their customer's first and
    last visit follow from all of its records."""
    changed = {key for key, row in claimed.before.items() if row["component"] is None}
    named = [claimed.orders[c.transaction] for c in claimed.fresh if c.refund is None and c.transaction is not None]
    changed.update(state.owner for state in named if state.owner is not None and state.state.get("completed"))
    trial: dict[str, RecordState] = {}
    for claims, subject in claimed.subjects:
        key = subject.record
        if key in changed:
            continue
        row = claimed.before[key]
        unknown = any(identifier.key not in row["identifiers"] for identifier in subject.identifiers)
        if unknown or _owns(subject, row, vault):
            changed.add(key)
        elif (
            subject.traits
            or subject.whole
            or claims.answers
            or claims.day < row["first"]
            or (subject.known and row["kind"] not in KNOWN_KINDS)
        ):
            if key not in trial:
                trial[key] = RecordState.from_row(row | _UNREAD, vault)
            state = trial[key]
            state.merge(claims, subject, {})
            if state.profile_changed or state.signatures != set(row["signatures"] or ()):
                changed.add(key)
    return frozenset(changed)


def _owns(subject: SubjectClaim, row: Row, vault: Vault) -> bool:
    """Whether it claims an identifier as its own that only an alias said it had."""
    if row["sealed"] is None or not subject.identifiers:
        return False
    former = vault.open(row["key"], row["sealed"]).get("former", ())
    return any(identifier.key in former and not identifier.former for identifier in subject.identifiers)


def _trial(
    claimed: ClaimedBatch, changed: Collection[str], tokens: BlockingTokens, vault: Vault
) -> Collection[RecordState]:
    """The changed records as they will be if nobody else writes, with the tokens that they have until then."""
    states = {key: RecordState.from_row(claimed.before[key] | _UNREAD, vault) for key in changed}
    for state in states.values():
        tokens.guess(state)
    merge_claims(states, [(claims, subject) for claims, subject in claimed.subjects if subject.record in changed], {})
    return states.values()


def _refuse_large(
    claimed: ClaimedBatch, stands: Mapping[str, str], tokens: BlockingTokens, known: LargeComponents
) -> None:
    in_large = {key for key, component in stands.items() if component in known}
    if not in_large:
        return
    in_large = in_large.union(*(tokens.met.get(key, ()) for key in in_large))
    owned = {key for key, state in claimed.orders.items() if state.owner in in_large}
    stopped = {key for key, (shared, blocked) in claimed.stopped.items() if shared or blocked}
    # With all that meets them in this batch: it would wait for their writer's locks, or join the component itself.
    events = {claims.event for claims in reached(claimed.fresh, in_large | owned, stopped)}
    if events:
        raise InLargeComponents(events)


async def _open(
    tx: DbTransaction, vault: Vault, claimed: ClaimedBatch, foreseen: _Foreseen, beside: Mapping[str, str]
) -> tuple[dict[str, RecordState], dict[str, RecordState]]:
    """All records that the batch may change, and of these the ones of whole components; merged. `beside` are records
    that tokens make it read (key → component)."""
    keys = list(claimed.before)
    whole, rows = await lock_and_read(
        tx,
        {**foreseen.stands, **beside},
        records=[*keys, *(beside.keys() - set(keys))],
        identifiers=foreseen.met,
        wholly=(*foreseen.changed, *foreseen.met, *beside),
    )
    records: dict[str, RecordState] = {}
    for at in range(0, len(rows), LARGE):
        records |= {row["key"]: RecordState.from_row(row, vault) for row in rows[at : at + LARGE]}
        await asyncio.sleep(0)  # others breathe while a large component is opened
    pool = {k: record for k, record in records.items() if k in foreseen.changed or record.component in whole}
    merge_claims(records, claimed.subjects, claimed.stopped)
    return records, pool
