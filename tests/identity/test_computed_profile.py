"""A customer computed from some records is what would be stored of one who had these and no others."""

from __future__ import annotations

from typing import Any, cast

from domain.stats import Contribution, Stats
from graph.store.database import Database, Row
from identity.computed_profile import computed_profile
from identity.record_state import RecordState
from tests.kit.building import VAULT, parts_of


class Stored:
    """Answers as `identity/read_records` would."""

    def __init__(self, *states: RecordState) -> None:
        self._states = {state.key: state for state in states}
        self.asked: list[str] = []

    async def read(self, name: str, /, *, batch: dict[str, Any]) -> list[Row]:
        self.asked.append(name)
        return [{"states": [self._row(self._states[key]) for key in batch["records"]]}]

    def _row(self, state: RecordState) -> Row:
        sealed = VAULT.seal(state.key, {"id": None, "traits": state.traits, "contacts": {}})
        nothing = dict.fromkeys(("signatures", "consents", "component", "customer"))
        row = {"key": state.key, "kind": "known", "sealed": sealed, "identifiers": (), "rulings": ()} | nothing
        return row | {"first": state.first, "last": state.last, "stats": state.stats.to_json()}


def record(key: str, name: str, brand: str, first: str) -> RecordState:
    state = RecordState(key, "crm", known=True, first=first, last=first)
    state.traits["given_name"] = [name, f"{first}|e"]
    state.stats.apply(Contribution(brand, "web", "USD", 500, 5, f"{first}T00:00:00Z"), 1)
    return state


async def test_only_the_named_records_and_only_what_is_seen_of_them_count() -> None:
    states = [record("crm|a", "Ann", "grill", "2026-01-02"), record("crm|b", "Bob", "cafe", "2026-01-01")]
    stored = Stored(*states, record("crm|c", "Carla", "grill", "2025-01-01"))
    parts = parts_of(cast(Database, stored))
    found = await computed_profile(parts, "CUST-1", ["crm|a", "crm|b"])
    assert stored.asked == ["identity/read_records"]
    assert (found["number"], found["records"], found["joinedAt"]) == ("CUST-1", 2, "2026-01-01")
    assert (found["visits"], found["points"], found["brands"]) == (2, 10, ["cafe", "grill"])
    assert VAULT.open("CUST-1", found["sealed"])["given_name"]["value"] == "Ann"
    assert found["firstVisitAt"].startswith("2026-01-01")

    def of_grill(stats: Stats) -> Stats:
        return stats if "grill" in stats.brands else Stats()

    assert (await computed_profile(parts, "CUST-1", ["crm|a", "crm|b"], of_grill))["points"] == 5
