"""`regulars config`: every setting as the service would read it, with secrets hidden."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from rich.table import Table

from cli.kit.shown_tables import show_table
from domain.settings import Settings, settings

_HIDDEN = "**********"
_PASSWORD = re.compile(r"(?i)((?:password|secret|token)=)[^&]*")


def config() -> None:
    """Print every setting with its value; secrets stay hidden."""
    present = settings()
    table = Table("variable", "value", "meaning")
    table.columns[0].no_wrap = True
    table.columns[1].overflow = "fold"  # a truncated value would mislead
    for name, field in Settings.model_fields.items():
        table.add_row(f"REGULARS_{name.upper()}", shown(getattr(present, name)), field.description or "")
    show_table(table)


def shown(value: object) -> str:
    """A setting's value as a screen may show it: an address without its password and without secret parameters."""
    if value is None:
        return "unset"
    text = str(value)  # a SecretStr hides itself
    return _address(text) if isinstance(value, str) and "://" in text else text


def _address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return _HIDDEN
    before, at, host = parts.netloc.rpartition("@")
    user, colon, _ = before.partition(":")
    netloc = f"{user}{colon}{_HIDDEN if colon else ''}{at}{host}"
    return parts._replace(netloc=netloc, query=_PASSWORD.sub(rf"\1{_HIDDEN}", parts.query)).geturl()
