"""How a customer can be reached: e-mail addresses and phone numbers."""

from __future__ import annotations

import strawberry

from graph.store.database import Row
from resolvers.context import Context
from resolvers.customer.linked_identities import RECORDS, RecordKind, in_clear
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import Wanted, facet
from resolvers.kit.selection import Selected

# What `_values` takes of the records.
_VALUES = {
    "kind",
    *(f"identifiers.{name}" for name in ("key", "type", "first", "last", "display", "sealed", "blocked")),
}


def _parts(_: Selected) -> Wanted:
    return {RECORDS: set(_VALUES)}


@strawberry.type
class ContactFacet(ProfileFacet):
    @facet(parts=_parts, description="E-mail addresses, the latest seen first; masked without the scope pii:read.")
    def emails(self) -> list[str]:
        return _values(self.profile.parts[RECORDS], "email", self.context)

    @facet(parts=_parts, description="Phone numbers (E.164), the latest seen first; masked without the scope pii:read.")
    def phones(self) -> list[str]:
        return _values(self.profile.parts[RECORDS], "phone", self.context)


def _values(records: list[Row], type_name: str, context: Context) -> list[str]:
    """The values of one type in clear, or masked without the scope; dummies are left out, and so is what is several
    people's. The latest comes first."""
    rows = {
        row["key"]: row
        for record in records
        if record["kind"] != RecordKind.SEVERAL
        for row in sorted(record["identifiers"], key=lambda row: row["last"])
        if row["type"] == type_name and not row["blocked"]
    }
    ordered = sorted(rows.values(), key=lambda row: (row["last"], row["key"]), reverse=True)
    return [in_clear(row, context) if context.reveals else row["display"] for row in ordered]
