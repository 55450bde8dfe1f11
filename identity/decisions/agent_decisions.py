"""Agents' decisions: each changes the evidence, partitions the touched components anew and can be undone.

A decision is locked, planned, resolved and written in one transaction, or rolled back where it is a preview. Sent again
under the same request it changes nothing. Undoing one means that it stops being evidence: the partition is then what it
would be had nobody decided, whatever came between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.errors import InvalidInput
from graph.store.database import DbTransaction
from identity.decisions import plans
from identity.decisions.decision_try import DecisionTry
from identity.decisions.plans import Change, DecisionKind, People, RulingPart
from identity.decisions.signed_decision import DecisionResult, NotTaken, Signed
from identity.field_overrides import FieldOverride, clock
from identity.parts import IdentityParts


@dataclass(frozen=True, slots=True)
class AgentDecisions:
    """Takes decisions about the people of one store. Raises InvalidInput, Conflict, NotFound, TooLarge or
    Unavailable."""

    parts: IdentityParts

    async def plan(
        self,
        kind: DecisionKind,
        by: Signed,
        planned: Callable[[People], Iterable[RulingPart]],
        *,
        customers: Sequence[str] = (),
        records: Sequence[str] = (),
        leaving: Collection[str] = (),
    ) -> DecisionResult:
        """A decision about customers and records. `planned` gives its parts from these people behind the locks;
        `leaving` are records that it takes out of their customer."""

        async def work(tx: DecisionTry) -> DecisionResult:
            people = await tx.people(customers, records)
            parts = await asyncio.to_thread(plans.whole, people, tuple(planned(people)), self.parts.policies)
            return await tx.carry_out(Change(kind, tuple(parts), leaving=frozenset(leaving)))

        return await self._run(by, work)

    async def override_field(self, customer: str, field: str, value: Any, by: Signed) -> DecisionResult:
        """The golden field is `value` before all rules; None: the rules decide about it again. What is so already is no
        decision."""

        async def work(tx: DecisionTry) -> DecisionResult:
            mine = (await tx.people([customer], [])).of(customer)
            override = FieldOverride(field, value, by.actor, clock(datetime.now(UTC)), by.reason.strip())
            if not (parts := tuple(plans.override_field(mine, override))):
                number = mine[0].customer.number if mine[0].customer else customer
                raise NotTaken(DecisionResult(None, (tx.after(number, mine),)))
            kind = DecisionKind.RELEASE_FIELD if value is None else DecisionKind.SET_FIELD
            return await tx.carry_out(Change(kind, parts, override=override))

        return await self._run(by, work)

    async def block(self, key: str, by: Signed) -> DecisionResult:
        """An identifier stops linking anybody, until that is undone."""

        async def work(tx: DecisionTry) -> DecisionResult:
            identifier = await tx.identifier(key, most=1)
            if identifier["blocked"]:
                raise InvalidInput("This identifier is blocked already.")
            return await tx.carry_out(Change(DecisionKind.BLOCK_IDENTIFIER, identifiers=(key,)))

        return await self._run(by, work)

    async def unblock(self, key: str, by: Signed) -> DecisionResult:
        """Undoes the decision that blocked the identifier."""

        async def work(tx: DecisionTry) -> DecisionResult:
            identifier = await tx.identifier(key, most=1)
            if not identifier["blockedBy"]:
                hint = "It is a dummy value by the identity policies: change those." if identifier["blocked"] else None
                raise InvalidInput("No agent blocked this identifier.", hint=hint)
            return await tx.undo(identifier["blockedBy"])

        return await self._run(by, work)

    async def unshare(self, key: str, by: Signed) -> DecisionResult:
        """A shared identifier links again, however many people use it, until that is undone."""

        async def work(tx: DecisionTry) -> DecisionResult:
            if not (await tx.identifier(key, even_shared=True))["shared"]:
                raise InvalidInput("This identifier is not shared.")
            return await tx.carry_out(Change(DecisionKind.UNSHARE_IDENTIFIER, identifiers=(key,)))

        return await self._run(by, work)

    async def unlock(self, customer: str, by: Signed) -> DecisionResult:
        """Undoes the decision that locked the customer."""

        async def work(tx: DecisionTry) -> DecisionResult:
            people = await tx.people([customer], [])
            locked = people.locked_by(customer)
            if locked is None:
                raise InvalidInput("This customer is not locked.")
            return await tx.undo(locked)

        return await self._run(by, work)

    async def undo(self, decision: str, by: Signed) -> DecisionResult:
        """The decision stops being evidence; undoing an undoing brings it back."""
        return await self._run(by, lambda tx: tx.undo(decision))

    async def replay(self, change: Change, by: Signed) -> DecisionResult:
        """A decision of a log, taken as it was then. Those before it have been replayed."""

        async def work(tx: DecisionTry) -> DecisionResult:
            if change.of is not None:
                return await tx.turn(change.of, holds=change.holds)
            await tx.people([], sorted({part.record for part in change.parts}))
            for key in change.identifiers:
                await tx.identifier(key, even_shared=change.unshares)
            return await tx.carry_out(change)

        return await self._run(by, work)

    async def _run(self, by: Signed, work: Callable[[DecisionTry], Any]) -> DecisionResult:
        async def once(transaction: DbTransaction) -> DecisionResult:
            return await DecisionTry(self.parts, transaction, by).run(work)

        try:
            return await self.parts.database.write("decision", once)
        except NotTaken as not_taken:
            return not_taken.result
