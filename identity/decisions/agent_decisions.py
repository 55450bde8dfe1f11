"""Agents' decisions: each changes the evidence, partitions the touched components anew and can be undone.

A decision is locked, planned, resolved and written in one transaction, or rolled back where it is a preview. Sent again
under the same request it changes nothing. Undoing one means that it stops being evidence: the partition is then what it
would be had nobody decided, whatever came between.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.errors import InvalidInput, NotFound, TooLarge
from graph.store.database import DbTransaction, Row
from identity import repartition
from identity.decisions import plans
from identity.decisions.plans import Change, DecisionKind, People, RulingPart
from identity.locking import lock_and_read
from identity.parts import IdentityParts
from identity.record_state import FieldOverride, RecordState, clock
from identity.repartition import Cause, Inheritance
from matching.rulings import Ruling, RulingRule, verdict

MAX_RECORDS = 5_000
"""Source records that a decision is about."""
MAX_REASON = 500
"""Characters of a decision's reason."""
_CLOCK = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who decides and why. `request` is the caller's own key of this request; a request sent again does nothing.
    `logged` is (id, time) of a decision that a log tells and that is replayed."""

    actor: str
    reason: str
    request: str = field(default_factory=lambda: uuid.uuid4().hex)
    preview: bool = False
    logged: tuple[str, datetime] | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.reason.strip()) <= MAX_REASON:
            raise InvalidInput(f"A reason has 1 to {MAX_REASON} characters.", hint="Say why; others will read it.")


@dataclass(frozen=True, slots=True)
class PersonAfter:
    """A customer as a decision leaves it. `name` is masked."""

    number: str
    name: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What came of a decision: the people it touched, and the older decisions that it overrules from now on. `id`
    is None where there was nothing to decide."""

    id: str | None
    people: tuple[PersonAfter, ...] = ()
    overruled: tuple[str, ...] = ()


class _NotTaken(Exception):
    """Rolls back what is only previewed, or says what is so already."""

    def __init__(self, outcome: DecisionResult) -> None:
        super().__init__()
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class AgentDecisions:
    """Takes decisions about the people of one store. Raises InvalidInput, NotFound, TooLarge or Unavailable."""

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

        async def work(tx: _DecisionTry) -> DecisionResult:
            people = await tx.people(customers, records)
            return await tx.carry_out(Change(kind, tuple(planned(people)), leaving=frozenset(leaving)))

        return await self._run(by, work)

    async def say(self, customer: str, field: str, value: Any, by: Signed) -> DecisionResult:
        """The golden field is `value` before all rules; None: the rules decide about it again. What is so already is no
        decision."""

        async def work(tx: _DecisionTry) -> DecisionResult:
            mine = (await tx.people([customer], [])).of(customer)
            word = FieldOverride(field, value, by.actor, clock(datetime.now(UTC)), by.reason.strip())
            if not (parts := tuple(plans.say(mine, word))):
                number = mine[0].customer.number if mine[0].customer else customer
                raise _NotTaken(DecisionResult(None, (tx.after(number, mine),)))
            kind = DecisionKind.RELEASE_FIELD if value is None else DecisionKind.SET_FIELD
            return await tx.carry_out(Change(kind, parts, word=word))

        return await self._run(by, work)

    async def block(self, key: str, by: Signed) -> DecisionResult:
        """An identifier stops linking anybody, until that is undone."""

        async def work(tx: _DecisionTry) -> DecisionResult:
            identifier = await tx.identifier(key, most=1)
            if identifier["blocked"]:
                raise InvalidInput("This identifier is blocked already.")
            return await tx.carry_out(Change(DecisionKind.BLOCK_IDENTIFIER, identifiers=(key,)))

        return await self._run(by, work)

    async def unblock(self, key: str, by: Signed) -> DecisionResult:
        """Undoes the decision that blocked the identifier."""

        async def work(tx: _DecisionTry) -> DecisionResult:
            identifier = await tx.identifier(key, most=1)
            if not identifier["blockedBy"]:
                hint = "It is a dummy value by the identity policies: change those." if identifier["blocked"] else None
                raise InvalidInput("No agent blocked this identifier.", hint=hint)
            return await tx.undo(identifier["blockedBy"])

        return await self._run(by, work)

    async def unlock(self, customer: str, by: Signed) -> DecisionResult:
        """Undoes the decision that locked the customer."""

        async def work(tx: _DecisionTry) -> DecisionResult:
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

        async def work(tx: _DecisionTry) -> DecisionResult:
            if change.of is not None:
                return await tx.turn(change.of, holds=change.holds)
            await tx.people([], sorted({part.record for part in change.parts}))
            for key in change.identifiers:
                await tx.identifier(key)
            return await tx.carry_out(change)

        return await self._run(by, work)

    async def _run(self, by: Signed, work: Callable[[_DecisionTry], Any]) -> DecisionResult:
        async def once(transaction: DbTransaction) -> DecisionResult:
            return await _DecisionTry(self.parts, transaction, by).run(work)

        try:
            return await self.parts.database.write("decision", once)
        except _NotTaken as not_taken:
            return not_taken.outcome


@dataclass(slots=True)
class _DecisionTry:
    """One try of one decision."""

    parts: IdentityParts
    tx: DbTransaction
    by: Signed
    pool: dict[str, RecordState] = field(default_factory=dict[str, RecordState])

    async def run(self, work: Callable[[_DecisionTry], Any]) -> DecisionResult:
        # Two keys that name the same request wait here for each other; the later one finds what the first one did.
        [claimed] = await self.tx.run("decisions/claim", request=self.by.request)
        if claimed["id"] is not None:
            return await self._done_before(claimed["id"])
        if self.by.logged is not None and await self.tx.run("decisions/known", id=self.by.logged[0]):
            raise InvalidInput(
                "The store has this decision under another request.", hint="Replay a log over a store built anew."
            )
        return await work(self)

    async def people(self, customers: Sequence[str], records: Sequence[str]) -> People:
        """The named customers and records, locked and read with all that any evidence ties them to."""
        while True:
            self.pool.clear()
            found = await self.tx.run("decisions/customers", numbers=list(customers), most=MAX_RECORDS + 1)
            alone = await self.tx.run("decisions/records", keys=list(records)) if records else []
            _all_found(customers, {row["asked"] for row in found}, "customer")
            _all_found(records, {row["key"] for row in alone}, "source record")
            stands = {key: component for row in found for key, component in row["records"]}
            if len(stands) > MAX_RECORDS:
                raise TooLarge(
                    f"A decision is about {MAX_RECORDS} source records at most.", hint="Name records, not customers."
                )
            stands |= {row["key"]: row["component"] for row in alone}
            await self._read(stands)
            # Behind the locks a customer may turn out to have gone elsewhere meanwhile: then look again.
            people = People(self.pool, {row["asked"]: row["number"] for row in found})
            if people.hold():
                return people

    async def identifier(self, key: str, *, most: int = MAX_RECORDS + 1) -> Row:
        """An identifier, locked, with all that it ties together."""
        found = await self.tx.run("decisions/identifier", key=key, most=most)
        if not found:
            raise NotFound("Nobody carries this identifier.")
        if len(found[0]["records"]) > MAX_RECORDS:
            raise TooLarge(
                f"More than {MAX_RECORDS} source records carry this identifier.", hint="So many are not one person."
            )
        await self._read(dict(found[0]["records"]))
        return found[0]

    async def undo(self, id: str) -> DecisionResult:
        """Takes a decision back, or, where that one took another back or brought it back, does the contrary."""
        named = await self._find(id)
        return await self.turn(named["of"] or id, holds=named["kind"] == DecisionKind.UNDO)

    async def turn(self, id: str, *, holds: bool) -> DecisionResult:
        """A decision is evidence from now on, or not any more."""
        base = await self._find(id)
        if base["active"] == holds:
            raise InvalidInput("This is undone already.", hint="Undo the undoing to bring a decision back.")
        for key in base["identifiers"]:
            await self.identifier(key)
        if base["about"]:
            await self._read({record: component for record, component, _, _ in base["about"]})
        parts = tuple(RulingPart(record, RulingRule(rule), side) for record, _, rule, side in base["about"])
        kind = DecisionKind.REDO if holds else DecisionKind.UNDO
        word = base["word"] and FieldOverride.opened(base["id"], base["word"], self.parts.vault)
        change = Change(kind, parts, tuple(base["identifiers"]), of=base["id"], holds=holds, word=word)
        return await self.carry_out(change)

    async def carry_out(self, change: Change) -> DecisionResult:
        """Changes the evidence, partitions anew and writes, or previews, what comes of it."""
        now = datetime.now(UTC)
        id_, at = self.by.logged or (self._id(now), now)
        standing = self._superseded()
        word = change.word and (change.word if change.of else change.word._replace(at=clock(at)))
        self._apply(change, change.of or id_, word)
        overruled = sorted(self._superseded() - standing)
        parts = self.parts
        inheritance = await self._inheritance(change)
        resolution = await repartition.resolve(parts, self.pool, inheritance)
        after = await repartition.number(self.tx, parts, self.pool, resolution, inheritance)
        about, changed = {part.record for part in change.parts}, after.changed_numbers()
        people = tuple(
            self.after(number, person.records)
            for number, person in after.people
            if number in changed or any(record.key in about for record in person.records)
        )
        outcome = DecisionResult(id_, people, tuple(overruled))
        if self.by.preview:
            raise _NotTaken(outcome)
        await self.tx.run(
            "decisions/write",
            decision={
                "id": id_,
                "request": self.by.request,
                "kind": change.kind.value,
                "actor": self.by.actor,
                # An agent may well write a name here.
                "sealed": parts.vault.seal(id_, self.by.reason.strip()),
                "at": at.isoformat(),
                "of": change.of,
                "holds": change.holds,
                **(word.sealed(id_, parts.vault) if word and change.of is None else {}),
            },
            # What an earlier decision is about stands with that one.
            about=[
                part.row() | {"leaves": part.record in change.leaving} for part in change.parts if change.of is None
            ],
            identifiers=[key for key in change.identifiers if change.of is None],
        )
        if change.identifiers:
            blocked_by = (change.of or id_) if change.holds else None
            await self.tx.run("decisions/block", keys=list(change.identifiers), by=blocked_by)
        # What is believed of them is another, though they are who they were.
        said = about if word else ()
        cause = Cause(self.by.actor, f"decided: {change.kind.value}", id_)
        await repartition.write(self.tx, parts, after, cause, touched=said, now=now)
        return outcome

    async def _inheritance(self, change: Change) -> Inheritance:
        """Who had a number before the decision that is undone keeps it, however many have come since; who is taken out
        of two leaves the number."""
        decisive = len(self.pool) + 1  # outweighs all records that weigh one, together
        if change.of is None:
            return Inheritance({key: decisive + (key not in change.leaving) for key in self.pool})
        rows = await self.tx.run("decisions/held", id=change.of, keys=sorted(self.pool))
        return Inheritance(
            {row["key"]: decisive for row in rows if row["held"]},
            {row["key"]: row["before"] for row in rows if row["before"]},
        )

    def _apply(self, change: Change, id_: str, word: FieldOverride | None) -> None:
        for part in change.parts:
            record, ruling = self.pool[part.record], Ruling(id_, part.rule, part.side)
            if not change.holds:
                record.rulings.discard(ruling)
                record.words.pop(id_, None)
                continue
            record.rulings.add(ruling)
            if word is not None:
                record.words[id_] = word
        for key in change.identifiers:
            for record in self.pool.values():
                if key in record.identifiers:
                    record.identifiers[key].blocked = change.holds

    def _id(self, now: datetime) -> str:
        """An id later than those of all decisions about these records: of two that contradict, the newer one holds,
        though the clocks of two processes may differ."""
        id_ = f"{now:{_CLOCK}}-{uuid.uuid4().hex[:8]}"
        latest = max((ruling.decision for record in self.pool.values() for ruling in record.rulings), default="")
        if id_ > latest:
            return id_
        later = datetime.strptime(latest.partition("-")[0], _CLOCK).replace(tzinfo=UTC) + timedelta(microseconds=1)
        return f"{later:{_CLOCK}}-{uuid.uuid4().hex[:8]}"

    def after(self, number: str, records: Sequence[RecordState]) -> PersonAfter:
        name = self.parts.read_model.customer(number, records)["props"]["nameDisplay"]
        return PersonAfter(number, name, tuple(record.key for record in records))

    def _superseded(self) -> frozenset[str]:
        return verdict((key, record.rulings) for key, record in self.pool.items()).superseded

    async def _read(self, stands: dict[str, str]) -> None:
        keys = sorted(stands)
        _, rows = await lock_and_read(self.tx, stands, records=keys, identifiers=[], wholly=keys)
        self.pool |= {row["key"]: RecordState.from_row(row, self.parts.vault) for row in rows}

    async def _find(self, id: str) -> Row:
        found = await self.tx.run("decisions/find", id=id)
        if not found:
            raise NotFound("There is no such decision.")
        return found[0]

    async def _done_before(self, id_: str) -> DecisionResult:
        rows = await self.tx.run("decisions/outcome", id=id_, most=MAX_RECORDS)
        return DecisionResult(
            id_, tuple(PersonAfter(row["number"], row["name"], tuple(row["records"])) for row in rows)
        )


def _all_found(asked: Collection[str], found: Collection[str], what: str) -> None:
    if missing := sum(one not in found for one in asked):
        raise NotFound(f"{missing} of the named {what}s do not exist.")
