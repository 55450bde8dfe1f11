"""permissions.md: what each role may do."""

from __future__ import annotations

from cli.reference.markdown import document
from resolvers.access.permission_table import table


def page() -> str:
    """The whole page."""
    return document("Permissions", "the rules in `resolvers/access`", table())
