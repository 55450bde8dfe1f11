"""A customer computed from some source records when it is asked for, instead of read as it is stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from domain.stats import Stats
from identity.parts import IdentityParts
from identity.record_state import RecordState


async def computed_profile(
    parts: IdentityParts,
    number: str,
    records: Sequence[str],
    seen: Callable[[Stats], Stats] = lambda stats: stats,
) -> dict[str, Any]:
    """The properties that a customer of these records and no others would have: as `profile/base` names them, in one
    round trip. `records` are one or more keys, `seen` the part of a record's stats that counts. `tier` is
    null where these sums do not say it. Raises Unavailable.
    """
    [answer] = await parts.database.read("identity/read_records", batch={"records": records, "components": []})
    states = [RecordState.from_row(row, parts.vault) for row in answer["states"]]
    for state in states:
        state.stats = seen(state.stats)
    row = parts.read_model.customer(number, states)
    times = {name: row[name] for name in ("joinedAt", "firstVisitAt", "lastVisitAt")}
    return {"tier": None} | row["props"] | times | {"number": number}
