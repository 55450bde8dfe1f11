"""One try of one agent's decision: what it is about, read behind locks; evidence changed; people partitioned anew."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson

from domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from graph.store.database import DbTransaction, Row
from identity import repartition
from identity.decisions.plans import Change, DecisionKind, People, RulingPart
from identity.decisions.signed_decision import DecisionResult, NotTaken, PersonAfter, Signed
from identity.field_overrides import FieldOverride, clock
from identity.inheritance import Inheritance
from identity.locking import lock_and_read
from identity.parts import IdentityParts
from identity.record_state import OwnNumber, RecordState
from identity.repartition import Cause, Repartition
from matching.rulings import Ruling, RulingRule, rulings_in_force

MAX_RECORDS = 5_000
"""Source records that a decision is about."""
_CLOCK = "%Y%m%dT%H%M%S%f"
_OUR_NAME = re.compile(r"CUST(-[0-9A-Z]{4}){3}|[a-z0-9][a-z0-9_.-]{0,63}\|[\w-]{16,64}")
_SHOWN = 5


class _Evidence(NamedTuple):
    """A decision as it stands in the pool's evidence from now on. `id` and `at` are its own, `override` is what it says
    of a golden field, and `overruled` are the older decisions that it contradicts."""

    id: str
    at: datetime
    override: FieldOverride | None
    overruled: tuple[str, ...]


@dataclass(slots=True)
class DecisionTry:
    """One try of one decision."""

    parts: IdentityParts
    tx: DbTransaction
    by: Signed
    pool: dict[str, RecordState] = field(default_factory=dict[str, RecordState])

    async def run(self, work: Callable[[DecisionTry], Any]) -> DecisionResult:
        # Two keys that name the same request wait here for each other; the later one finds what the first one did.
        [claimed] = await self.tx.run("decisions/claim", request=self.by.request)
        if claimed["id"] is not None:
            if None not in (self.by.asked, claimed["asked"]) and self.by.asked != claimed["asked"]:
                raise Conflict(
                    "This requestId was used for another decision.", hint="Use a new requestId for each decision."
                )
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

    async def identifier(self, key: str, *, most: int = MAX_RECORDS + 1, even_shared: bool = False) -> Row:
        """An identifier, locked, with all that it ties together, or would if it were not shared."""
        found = await self.tx.run("decisions/identifier", key=key, most=most, evenShared=even_shared)
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
        of_kind = DecisionKind(base["kind"])
        for key in base["identifiers"]:
            await self.identifier(key, even_shared=of_kind is DecisionKind.UNSHARE_IDENTIFIER)
        if base["about"]:
            await self._read({record: component for record, component, *_ in base["about"]})
        parts = tuple(RulingPart(record, RulingRule(rule), side) for record, _, rule, side, _ in base["about"])
        leaving = frozenset(record for record, *_, leaves in base["about"] if leaves and holds)
        kind = DecisionKind.REDO if holds else DecisionKind.UNDO
        override = base["override"] and FieldOverride.opened(base["id"], base["override"], self.parts.vault)
        change = Change(
            kind, parts, tuple(base["identifiers"]), leaving, base["id"], holds, override=override, base=of_kind
        )
        return await self.carry_out(change)

    async def carry_out(self, change: Change) -> DecisionResult:
        """Changes the evidence, partitions anew and writes, or previews, what comes of it."""
        now = datetime.now(UTC)
        evidence = self._evidence(change, now)
        outcome = await self._repartition(change)
        people = self._touched_people(change, outcome)
        result = DecisionResult(evidence.id, people, evidence.overruled, self._token(people, evidence.overruled))
        if self.by.preview:
            raise NotTaken(result)
        if self.by.previewed not in (None, result.token):
            raise NotTaken(replace(result, stale=True))
        await self._record(change, evidence)
        await repartition.write(
            self.tx,
            self.parts,
            outcome,
            Cause(self.by.actor, f"decided: {change.kind.value}", evidence.id),
            # Their golden records change, though nobody moves.
            touched=change.records if evidence.override else (),
            now=now,
        )
        return result

    def _evidence(self, change: Change, now: datetime) -> _Evidence:
        """The decision becomes evidence of the pool, or ceases to be."""
        id_, at = self.by.logged or (self._id(now), now)
        override = change.override
        if override is not None and change.of is None:
            override = override._replace(at=clock(at))
        superseded = self._superseded()
        self._apply(change, change.of or id_, override)
        return _Evidence(id_, at, override, tuple(sorted(self._superseded() - superseded)))

    async def _repartition(self, change: Change) -> Repartition:
        inheritance = await self._inheritance(change)
        resolution = await repartition.resolve(self.parts, self.pool, inheritance)
        return await repartition.number(self.tx, self.parts, self.pool, resolution, inheritance)

    def _touched_people(self, change: Change, outcome: Repartition) -> tuple[PersonAfter, ...]:
        """The people that it is about, and those who gain or lose a record."""
        about, changed = change.records, outcome.changed_numbers()
        return tuple(
            self.after(number, person.records)
            for number, person in outcome.people
            if number in changed or any(record.key in about for record in person.records)
        )

    def _token(self, people: Sequence[PersonAfter], overruled: Sequence[str]) -> str:
        """Stands for who is who afterwards. Numbers are left out: that of a new customer may turn out different."""
        partition = sorted(sorted(person.records) for person in people)
        return self.parts.vault.keyed("preview", orjson.dumps([partition, sorted(overruled)]).decode())

    async def _record(self, change: Change, evidence: _Evidence) -> None:
        """Writes the decision itself. What an earlier decision is about stands with that one."""
        id_, override, vault = evidence.id, evidence.override, self.parts.vault
        own = change.of is None
        await self.tx.run(
            "decisions/write",
            decision={
                "id": id_,
                "request": self.by.request,
                "asked": self.by.asked,
                "kind": change.kind.value,
                "actor": self.by.actor,
                # An agent may well write a name here.
                "sealed": vault.seal(id_, self.by.reason.strip()),
                "at": evidence.at.isoformat(),
                "of": change.of,
                "holds": change.holds,
                **(override.sealed(id_, vault) if override and own else {}),
            },
            about=[part.row() | {"leaves": part.record in change.leaving} for part in change.parts if own],
            identifiers=[key for key in change.identifiers if own],
        )
        if change.identifiers:
            decided_by = (change.of or id_) if change.holds else None
            query = "decisions/unshare" if change.unshares else "decisions/block"
            await self.tx.run(query, keys=list(change.identifiers), by=decided_by)

    async def _inheritance(self, change: Change) -> Inheritance:
        """Who is taken out of two leaves the number. When a decision is undone, people have the numbers from before all
        decisions, however many records have come since."""
        before: dict[str, str] = {}
        own: dict[str, OwnNumber] = {}
        if change.of is not None:
            rows = await self.tx.run("decisions/former", id=change.of, keys=sorted(self.pool))
            before = {row["key"]: row["before"] for row in rows if row["before"]}
            own = {row["key"]: OwnNumber(*row["own"]) for row in rows if row["own"] and not change.holds}
        decisive = len(self.pool) + 1  # outweighs all records that weigh one, together
        weights = {} if own else {key: decisive + (key not in change.leaving) for key in self.pool}
        return Inheritance(weights, before, own)

    def _apply(self, change: Change, id_: str, override: FieldOverride | None) -> None:
        for part in change.parts:
            record, ruling = self.pool[part.record], Ruling(id_, part.rule, part.side)
            if not change.holds:
                record.rulings.discard(ruling)
                record.overrides.pop(id_, None)
                continue
            record.rulings.add(ruling)
            if override is not None:
                record.overrides[id_] = override
        for key in change.identifiers:
            for record in self.pool.values():
                if (carried := record.identifiers.get(key)) is None:
                    continue
                if change.unshares:
                    carried.unshared, carried.shared = change.holds, False
                else:
                    carried.blocked = carried.by_agent = change.holds

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
        return rulings_in_force((key, record.rulings) for key, record in self.pool.items()).superseded

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
    if missing := [one for one in asked if one not in found]:
        # A text that is no name of ours may be anything that somebody typed.
        named = [one for one in missing if _OUR_NAME.fullmatch(one)]
        shown = ": " + ", ".join(named[:_SHOWN]) + (" …" if len(named) > _SHOWN else "") if named else ""
        raise NotFound(f"{len(missing)} of the named {what}s do not exist{shown}.", about=missing)
