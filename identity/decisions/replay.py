"""The operations log as lines that can be kept, read and replayed over a store which the same events built anew."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated, Any

from pydantic import AwareDatetime, Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

from domain.errors import InvalidInput
from graph.store.database import Row
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.decision_try import MAX_RECORDS
from identity.decisions.plans import Change, DecisionKind, RulingPart
from identity.decisions.signed_decision import DecisionResult, Signed
from identity.field_overrides import FieldOverride, clock, opened_value
from matching.rulings import RulingRule
from privacy.vault import Vault

_Key = Annotated[str, Field(min_length=1, max_length=200)]


class LoggedPart(BaseModel):
    """What a decision says of one source record. `leaves`: it was taken out of its customer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: _Key
    rule: RulingRule
    side: Annotated[int, Field(ge=0)] = 0
    leaves: bool = False


class LoggedDecision(BaseModel):
    """One line of the log. It names records and identifiers by their keyed hashes; `sealed` is the reason and `value`
    what a golden field is set to, both sealed: nothing of it can be read, and it can be replayed, only with the vault's
    keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Key
    request: _Key
    kind: DecisionKind
    actor: _Key
    sealed: Annotated[Base64Bytes, Field(max_length=10_000)]
    at: AwareDatetime
    of: _Key | None = None
    field: _Key | None = None
    value: Annotated[Base64Bytes, Field(max_length=10_000)] | None = None
    parts: Annotated[tuple[LoggedPart, ...], Field(max_length=MAX_RECORDS)] = ()
    identifiers: Annotated[tuple[_Key, ...], Field(max_length=MAX_RECORDS)] = ()

    @classmethod
    def of_row(cls, row: Row) -> LoggedDecision:
        parts: list[dict[str, Any]] = [
            {"record": record, "rule": rule, "side": side, "leaves": leaves}
            for record, rule, side, leaves in sorted(row["about"])
        ]
        values = {name: row[name] for name in ("id", "request", "kind", "actor", "at", "of", "field")}
        value = None if row["value"] is None else b64encode(row["value"])
        values |= {"sealed": b64encode(row["sealed"]), "value": value}
        return cls.model_validate(values | {"parts": parts, "identifiers": sorted(row["identifiers"])})

    @classmethod
    def of_line(cls, line: bytes) -> LoggedDecision:
        """Raises InvalidInput."""
        try:
            return cls.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(map(str, first["loc"])) or "the line"
            raise InvalidInput(f"This is no decision of a log: {where}: {first['msg']}.") from None


async def replay(decisions: AgentDecisions, logged: LoggedDecision, vault: Vault) -> DecisionResult:
    """Takes the decision as it was taken: same actor, reason, time and id; nothing where the store has it already.
    Those before it have been replayed.

    Raises InvalidInput, NotFound where a record is not there, TooLarge, Unavailable, or SetupError where the key of
    the vault is another.
    """
    reason = vault.open(logged.id, logged.sealed)
    override = None
    if logged.field is not None:
        value = opened_value(logged.id, logged.value, vault)
        override = FieldOverride(logged.field, value, logged.actor, clock(logged.at), reason)
    change = Change(
        logged.kind,
        tuple(RulingPart(part.record, part.rule, part.side) for part in logged.parts),
        logged.identifiers,
        frozenset(part.record for part in logged.parts if part.leaves),
        logged.of,
        logged.kind is not DecisionKind.UNDO,
        override,
    )
    return await decisions.replay(change, Signed(logged.actor, reason, logged.request, logged=(logged.id, logged.at)))
