"""How complete each source is: the share of its records that tell a field."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

import strawberry

from graph.store.database import Row


@strawberry.type(description="How many records of a source tell a field.")
class FieldCompleteness:
    field: str = strawberry.field(description="Trait or identifier type, such as birth_date or email.")
    records: int = strawberry.field(description="How many records tell it.")
    share: float = strawberry.field(description="Their share of all records, from 0 to 1.")


@strawberry.type(description="How complete the records of a source are.")
class Completeness:
    source: str | None = strawberry.field(description="The system; null for the whole group.")
    records: int = strawberry.field(description="How many source records there are.")
    fields: list[FieldCompleteness] = strawberry.field(description="Every field that any record tells, by name.")


def completeness(rows: Iterable[Row]) -> list[Completeness]:
    """From the rows of `reports/completeness`: the whole group first, then each source by name."""
    totals: Counter[str | None] = Counter()
    tellers: dict[str | None, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for source in (None, row["source"]):
            totals[source] += row["records"]
            for field in row["fields"]:
                tellers[source][field] += row["records"]
    return [
        Completeness(
            source=source,
            records=totals[source],
            fields=[
                FieldCompleteness(field=field, records=records, share=round(records / totals[source], 4))
                for field, records in sorted(tellers[source].items())
            ],
        )
        for source in sorted(totals, key=lambda source: source or "")
    ]
