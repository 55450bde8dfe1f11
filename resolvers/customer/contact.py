"""How a customer can be reached: e-mail addresses and phone numbers."""

from __future__ import annotations

from contextlib import suppress

import strawberry

from graph.customers import Profile
from graph.store.database import Row
from identity.read_model import AGENT
from matching.normalise import mask, normalise
from resolvers.context import Context
from resolvers.customer.golden_record import opened
from resolvers.customer.linked_identities import RECORDS, RecordKind, in_clear
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import Wanted, facet
from resolvers.kit.selection import Selected

_FIRST = "9999"
"""Behind every day."""
# What `contact_values` takes of the records.
_VALUES = {
    "kind",
    *(f"identifiers.{name}" for name in ("key", "type", "first", "last", "display", "sealed", "blocked")),
}


def _parts(_: Selected) -> Wanted:
    return {RECORDS: set(_VALUES)}


@strawberry.type
class ContactFacet(ProfileFacet):
    @facet(
        parts=_parts,
        columns=("number", "sealed"),
        description="E-mail addresses: what an agent set, then the latest seen or said first; masked without the scope "
        "pii:read.",
    )
    def emails(self) -> list[str]:
        return contact_values(self.profile, "email", self.context)

    @facet(
        parts=_parts,
        columns=("number", "sealed"),
        description="Phone numbers (E.164): what an agent set, then the latest seen or said first; masked without the "
        "scope pii:read.",
    )
    def phones(self) -> list[str]:
        return contact_values(self.profile, "phone", self.context)


def contact_values(profile: Profile, type_name: str, context: Context) -> list[str]:
    """The values of one type in clear, or masked without the scope; dummies are left out, and so is what is several
    people's. The latest comes first."""
    rows = {
        row["key"]: row
        for record in profile.parts[RECORDS]
        if record["kind"] != RecordKind.SEVERAL
        for row in sorted(record["identifiers"], key=lambda row: row["last"])
        if row["type"] == type_name and not row["blocked"]
    }
    if (said := opened(profile, context).get(f"extra.{type_name}")) is not None:
        with suppress(ValueError):
            value = normalise(type_name, str(said["value"]), region=context.settings.default_region)
            key = context.reader.identifier_key(type_name, value)
            seen = max(said["at"][:10], rows[key]["last"] if key in rows else "")
            rows[key] = {"key": key, "last": _FIRST if said.get("rule") == AGENT else seen, "value": value}
    ordered = sorted(rows.values(), key=lambda row: (row["last"], row["key"]), reverse=True)
    return [_shown(row, type_name, context) for row in ordered]


def _shown(row: Row, type_name: str, context: Context) -> str:
    if "value" in row:
        return row["value"] if context.reveals else mask(type_name, row["value"])
    return in_clear(row, context) if context.reveals else row["display"]
