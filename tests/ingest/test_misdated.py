"""An event that lies in the future counts at its receipt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ingest.misdated import WARNING, dated
from tests.kit.building import READER, read
from tests.kit.hard_cases import Teller, subject

NOW = datetime(2026, 1, 6, tzinfo=UTC)


def test_only_what_lies_more_than_a_day_ahead_is_misdated() -> None:
    teller = Teller()
    for days in (-400, 0, 1, 2, 36_500):
        event = teller.order("completed", "till", "O", subject("ann"), "10.00")
        event["at"] = (NOW + timedelta(days=days)).isoformat()
    found = [dated(READER.claims(event), NOW) for event in read(teller.events)]
    assert [claims.misdated for claims in found] == [False, False, False, True, True]
    for claims in found[3:]:
        assert (claims.at, claims.day, claims.warnings) == (NOW, "2026-01-06", (WARNING,))
        assert dated(claims, NOW) == claims
