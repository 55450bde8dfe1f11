"""migrations.md: every migration with the comment that opens its file."""

from __future__ import annotations

from cli.reference.markdown import document, table
from graph.store.migrations import migrations


def page() -> str:
    """The whole page."""
    rows = [
        [f"`V{migration.version}`", migration.name.replace("_", " "), migration.purpose] for migration in migrations()
    ]
    return document(
        "Migrations",
        "the first lines of the files in `cypher/migrations`",
        "How and when they run is in [upgrades and migrations](../operations.md#upgrades-and-migrations).",
        table(["version", "name", "purpose"], rows),
    )
