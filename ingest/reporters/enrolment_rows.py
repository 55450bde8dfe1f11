"""Which source records joined the loyalty programme, and where: of several enrolments of one record, the first."""

from __future__ import annotations

from typing import Any

from graph.store.database import Row
from ingest.reporters.reporter import Reported, Reporter


def _rows(reported: Reported) -> dict[str, Any]:
    rows: dict[str, Row] = {}
    for claims in sorted(reported.fresh, key=lambda claims: claims.clock):
        if (said := claims.enrolment) is not None:
            for subject in claims.subjects:
                row = {"record": subject.record, "clock": claims.clock, "at": claims.at.isoformat()}
                rows.setdefault(
                    subject.record, row | {"brand": claims.brand, "store": said.store, "channel": said.channel}
                )
    return {"enrolments": [rows[record] for record in sorted(rows)]}


ENROLMENTS = Reporter(("intake/write_enrolments",), _rows)
