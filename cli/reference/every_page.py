"""The pages of the reference by file name."""

from __future__ import annotations

from collections.abc import Callable

from cli.reference import (
    commands_page,
    costs_page,
    errors_page,
    limits_page,
    metrics_page,
    migrations_page,
    permissions_page,
    settings_page,
)

PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page.page,
    "commands.md": commands_page.page,
    "errors.md": errors_page.page,
    "limits.md": limits_page.page,
    "costs.md": costs_page.page,
    "permissions.md": permissions_page.page,
    "metrics.md": metrics_page.page,
    "migrations.md": migrations_page.page,
}
"""Each function returns the whole text of its page."""
