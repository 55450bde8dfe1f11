"""Partitions whole components anew and writes who is who now: one operation, whatever changed the evidence.

An event, an agent's decision and a changed rule all end here, and so does whatever else comes to change evidence. The
caller holds the locks of the components (`identity.locking`); `pool` holds all of their records as they will be.

    resolve   which records are one person now: pure, in a thread, no store
    number    the number each person goes by: one round trip where somebody may get an old number back, else none
    write     records, components, customers, findings and the feed of changes: one round trip

`repartition` does all three. A caller takes the steps one by one where it has something to do between them: intake
writes what was reported while a thread resolves, and a preview ends before `write`, having changed no record. A bulk
load, which has no store yet, takes `first_partition` and `rows`: the same functions without a round trip.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.feed_event import feed_rows
from graph.store.database import DbTransaction
from identity.customer_numbers import Numbers, number_people, numbers_of
from identity.customer_rows import PEOPLE, CustomerRows
from identity.inheritance import ALIKE, Inheritance
from identity.number_changes import number_events
from identity.own_numbers import keep_own_numbers
from identity.parts import IdentityParts
from identity.read_model import ReadModel
from identity.record_state import RecordState
from identity.resolution import Person, Resolution, resolve_people
from matching.policy import Policies
from matching.resolve import Guards
from privacy.vault import Vault


@dataclass(frozen=True, slots=True)
class Cause:
    """Why people change, for the feed and the history: who did it, why, and the id of the decision if an agent's."""

    actor: str
    reason: str
    decision: str | None = None


INTAKE = Cause("intake", "evidence changed")


@dataclass(frozen=True, slots=True)
class Repartition:
    """The people of whole components, each with its number, as `write` will write them. `pool` is as it was read and
    merged until then."""

    pool: Mapping[str, RecordState]
    resolution: Resolution
    numbers: Numbers

    @property
    def people(self) -> tuple[tuple[str, Person], ...]:
        """Number and person, in the order of their first records."""
        return self.numbers.people

    def changed_numbers(self) -> set[str]:
        """The numbers that gain or lose a record."""
        moves = {
            (record.customer and record.customer.number, number)
            for number, person in self.people
            for record in person.records
        }
        return {number for move in moves if move[0] != move[1] for number in move if number is not None}


async def repartition(
    tx: DbTransaction,
    parts: IdentityParts,
    pool: Mapping[str, RecordState],
    cause: Cause,
    *,
    inheritance: Inheritance = ALIKE,
    touched: Collection[str] = (),
    tokens: Mapping[str, Any] | None = None,
) -> Repartition:
    """Resolves, numbers and writes; see `write` for `touched` and `tokens`. Raises Unavailable."""
    resolution = await resolve(parts, pool, inheritance)
    now = datetime.now(UTC)
    outcome = await number(tx, parts, pool, resolution, inheritance, at=now)
    await write(tx, parts, outcome, cause, touched=touched, tokens=tokens, now=now)
    return outcome


async def resolve(
    parts: IdentityParts, pool: Mapping[str, RecordState], inheritance: Inheritance = ALIKE
) -> Resolution:
    """Who is who in the pool, found in a thread. Changes no record, and does not touch the store."""
    if not pool:
        return Resolution()
    return await asyncio.to_thread(resolve_people, pool, parts.policies, parts.guards, _new_component, inheritance)


async def number(
    tx: DbTransaction,
    parts: IdentityParts,
    pool: Mapping[str, RecordState],
    resolution: Resolution,
    inheritance: Inheritance = ALIKE,
    *,
    at: datetime,
) -> Repartition:
    """The pool's resolution with a number for every person; who has none to keep or get back gets one that is new `at`
    that moment. Writes nothing."""
    return Repartition(pool, resolution, await number_people(tx, resolution, parts.vault, inheritance.before, at))


async def write(
    tx: DbTransaction,
    parts: IdentityParts,
    outcome: Repartition,
    cause: Cause,
    *,
    touched: Collection[str] = (),
    records: Mapping[str, RecordState] | None = None,
    tokens: Mapping[str, Any] | None = None,
    now: datetime | None = None,
) -> None:
    """Writes a repartition. `touched` are records whose orders, or what is believed of them, changed though they may be
    who they were; `records` all that were read, where these are more than the pool; `tokens` the rows of blocking
    tokens (`identity.blocking_tokens`). Raises Unavailable."""
    batch = rows(outcome, cause, parts.vault, parts.read_model, touched=touched, records=records)
    at = (now or datetime.now(UTC)).isoformat()
    feed = feed_rows(number_events(batch["changes"], at))
    await tx.run(*PEOPLE, batch=batch | dict(tokens or {}) | {"now": at, "decision": cause.decision, "feed": feed})


def first_partition(
    pool: Mapping[str, RecordState], policies: Policies, guards: Guards, vault: Vault, at: datetime
) -> Repartition:
    """The people of whole components of a store that holds nobody yet."""
    resolution = resolve_people(pool, policies, guards, _new_component)
    return Repartition(pool, resolution, numbers_of(resolution, vault, known={}, before={}, at=at))


def rows(
    outcome: Repartition,
    cause: Cause,
    vault: Vault,
    read_model: ReadModel,
    *,
    touched: Collection[str],
    records: Mapping[str, RecordState] | None = None,
) -> dict[str, Any]:
    """What `write` writes, by the name of its parameter. Settles the resolution on the pool's records."""
    settle(outcome.pool, outcome.resolution)
    read = outcome.pool if records is None else records
    customers = CustomerRows(vault, read_model, read, outcome.pool, touched, cause.actor, cause.reason)
    return customers.rows(outcome.resolution, outcome.numbers)


def settle(pool: Mapping[str, RecordState], resolution: Resolution) -> None:
    """Sets what was resolved on the working copies: the component of each record, its own number, and which identifiers
    are shared from now on. The one place where a resolution changes a record; doing it again changes nothing."""
    keep_own_numbers(pool, resolution.placement.components)
    for key, component in resolution.placement.components.items():
        if pool[key].component != component:
            pool[key].component, pool[key].touched = component, True
    for record in pool.values() if resolution.newly_shared else ():
        for key, carried in record.identifiers.items():
            carried.shared |= key in resolution.newly_shared


def _new_component() -> str:
    return uuid.uuid4().hex
