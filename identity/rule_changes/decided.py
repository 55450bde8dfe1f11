"""The records that agents decided about, in the whole components around them."""

from __future__ import annotations

from graph.decision_log import DecisionLog
from graph.store.database import Database
from identity.record_state import RecordState
from matching.records import Identifier, Record
from matching.rulings import RulingRule
from privacy.vault import Vault

_PAGE = 200
_TEACH = (RulingRule.JOIN, RulingRule.APART)


async def read_decided(database: Database, vault: Vault, most: int) -> tuple[list[Record], frozenset[Identifier]]:
    """Records and shared identifiers of the components that the newest `most` decisions in force are about. Read-only;
    three round trips for each page of decisions."""
    log, edge, seen = DecisionLog(database), None, 0
    states: dict[str, RecordState] = {}
    while seen < most and (rows := await log.page(edge, min(_PAGE, most - seen))):
        edge, seen = rows[-1]["id"], seen + len(rows)
        keys = {key for row in rows if row["active"] for key, rule, _ in row["about"] if rule in _TEACH}
        about = await _read(database, vault, records=sorted(keys - states.keys()))
        components = {state.component for state in about if state.component is not None}
        states |= {state.key: state for state in await _read(database, vault, components=sorted(components))}
    shared = (
        Identifier(carried.type, key)
        for state in states.values()
        for key, carried in state.identifiers.items()
        if carried.shared
    )
    return [state.evidence() for state in states.values()], frozenset(shared)


async def _read(
    database: Database, vault: Vault, *, records: list[str] | None = None, components: list[str] | None = None
) -> list[RecordState]:
    if not records and not components:
        return []
    batch = {"records": records or [], "components": components or []}
    [answer] = await database.read("identity/read_records", batch=batch)
    return [RecordState.from_row(row, vault) for row in answer["states"]]
