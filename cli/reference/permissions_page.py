"""permissions.md: what each role may do."""

from __future__ import annotations

from cli.reference.markdown import document
from resolvers.access.permission_table import table
from resolvers.schema import make_schema


def page() -> str:
    """The whole page."""
    return document("Permissions", "what the fields of the schema declare", table(make_schema()._schema))  # pyright: ignore[reportPrivateUsage]
