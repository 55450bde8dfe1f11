"""What a question about identity rests on: the components of whom it names, decided anew by the rules in force."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from domain.errors import InvalidInput, NotFound
from graph.identity_graph import IdentityCase
from graph.store.database import Row
from identity.record_state import RecordState
from matching.explain import ResolvedComponents
from matching.normalise import mask_name
from matching.records import Identifier
from resolvers.context import Context
from resolvers.customer.customer_by import ExternalId
from resolvers.customer.find_customer import looked_up
from resolvers.kit.global_ids import global_id, key_of


@strawberry.input(one_of=True, description="Names a customer or one source record; give exactly one of the fields.")
class IdentityBy:
    customer_number: str | None = strawberry.field(
        default=strawberry.UNSET, description="A customer number; a merged one stands for the records that it had."
    )
    record_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="A source record by its opaque id, as linkedIdentities gives it."
    )
    external_id: ExternalId | None = strawberry.field(
        default=strawberry.UNSET, description="A source record by its own id."
    )


@strawberry.type(description="A source record in an explanation.")
class IdentityRecord:
    record_id: strawberry.ID = strawberry.field(description="Opaque id of the source record.")
    source: str = strawberry.field(description="The system it comes from.")
    name: str | None = strawberry.field(description="The name it claims; masked without the scope pii:read.")
    customer_number: str = strawberry.field(description="The customer it belongs to.")


@strawberry.type(description="One of the two that a question is about.")
class IdentitySide:
    customer_number: str = strawberry.field(description="The customer.")
    records: list[IdentityRecord] = strawberry.field(description="The records that the question names; the first 20.")
    record_count: int = strawberry.field(description="How many records it names.")


@dataclass(frozen=True, slots=True)
class Side:
    number: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The records of a case as the store has them (`states`) and as `resolve` decides them now (`decided`)."""

    context: Context
    decided: ResolvedComponents
    states: dict[str, RecordState]
    case: IdentityCase

    @classmethod
    async def of(cls, context: Context, *named: IdentityBy) -> tuple[Evidence, list[Side]]:
        """The evidence, and whom each of those asked stands for. Raises NotFound, InvalidInput, TooLarge."""
        case = await looked_up(context, _found(context, named), by_value=tried_out(*named))
        if case is None:
            raise NotFound("There is no such customer or source record.")
        sides = [Side(row["number"], tuple(row["keys"])) for row in case.sides if row is not None]
        states = {row["key"]: RecordState.from_row(row, context.vault) for row in case.states}
        decided = await asyncio.to_thread(_decided, states, context)
        return cls(context, decided, states, case), sides

    def number(self, key: str) -> str:
        """The customer whom the store gives the record to."""
        customer = self.states[key].customer
        return customer.number if customer else ""

    def name(self, key: str) -> str | None:
        """The name that a record claims, in clear or masked."""
        state = self.states[key]
        given, family, suffix = (state.trait(name) for name in ("given_name", "family_name", "suffix"))
        if not self.context.reveals:
            return mask_name(given, family) or None
        self.context.trail.customers.add(self.number(key))
        return " ".join(word for word in (given, family, suffix) if word) or None

    def trait(self, key: str, name: str) -> str | None:
        """What a record claims of a field; None without the scope."""
        return (self.states[key].trait(name) or None) if self.context.reveals else None

    def record(self, key: str) -> IdentityRecord:
        return IdentityRecord(
            record_id=global_id("SourceRecord", key),
            source=self.states[key].source,
            name=self.name(key),
            customer_number=self.number(key),
        )

    def label(self, key: str) -> str:
        """A record in a sentence: its source and the name it claims."""
        name = self.name(key)
        source = self.states[key].source
        return f"the {source} record of {name}" if name else f"a {source} record without a name"

    def side(self, side: Side) -> IdentitySide:
        return IdentitySide(
            customer_number=side.number,
            records=[self.record(key) for key in side.keys[:20]],
            record_count=len(side.keys),
        )

    def display(self, identifier: Identifier) -> str:
        """The identifier's masked value."""
        return self.case.identifiers[identifier.value]["display"]

    def people(self, identifier: Identifier) -> int:
        """How many people use it: those with a name who carry it now where it is shared, else those of the case."""
        return self.case.identifiers[identifier.value]["people"] or self.decided.people(identifier)

    def agrees(self, keys: Sequence[str]) -> bool:
        """Whether the rules in force say of these records what the store says: one customer, or not."""
        return self.decided.one_person(keys) == (len({self.number(key) for key in keys}) == 1)


async def _found(context: Context, named: Sequence[IdentityBy]) -> IdentityCase | None:
    """The case of those named; None where one of them is nobody."""
    case = await context.identity.case([asked(by, context) for by in named])
    return case if all(row is not None and row["keys"] for row in case.sides) else None


def tried_out(*named: IdentityBy) -> bool:
    """Whether one of them is named by what somebody may try out."""
    return any(isinstance(by.external_id, ExternalId) for by in named)


def asked(by: IdentityBy, context: Context) -> dict[str, Any]:
    """How the store is asked for whom this names. Raises InvalidInput."""
    if isinstance(by.customer_number, str):
        return {"number": by.customer_number.strip().upper(), "record": None}
    if isinstance(by.external_id, ExternalId):
        return {"number": None, "record": context.reader.record_key(by.external_id.source, by.external_id.id)}
    if by.record_id:
        return {"number": None, "record": key_of("SourceRecord", by.record_id)}
    raise InvalidInput("Name a customer or a record by exactly one field.")


def record_of(row: Row, context: Context) -> IdentityRecord:
    """From a row with a record's key, number and sealed state; its name in clear, or masked."""
    traits = context.vault.open(row["key"], row["sealed"])["traits"] if row["sealed"] else {}
    given, family = (str(traits[name][0]) if name in traits else "" for name in ("given_name", "family_name"))
    if context.reveals:
        context.trail.customers.add(row["number"])
    name = f"{given} {family}".strip() if context.reveals else mask_name(given, family)
    return IdentityRecord(
        record_id=global_id("SourceRecord", row["key"]),
        source=row["key"].partition("|")[0],
        name=name or None,
        customer_number=row["number"],
    )


def _decided(states: dict[str, RecordState], context: Context) -> ResolvedComponents:
    carried = [(state, key, one) for state in states.values() for key, one in state.identifiers.items()]
    blocked: dict[str, set[Identifier]] = {}
    for state, key, one in carried:
        if one.blocked:
            blocked.setdefault(state.key, set()).add(Identifier(one.type, key))
    return ResolvedComponents(
        [state.evidence() for state in states.values()],
        {Identifier(one.type, key) for _, key, one in carried if one.shared},
        context.policies,
        {key: frozenset(found) for key, found in blocked.items()},
    )
