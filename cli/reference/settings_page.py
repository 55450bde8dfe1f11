"""settings.md: every setting with its default, what it takes and what it means."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic.fields import FieldInfo

from cli.reference.markdown import document, table
from domain.setting_words import takes
from domain.settings import Settings

_SECTIONS: Mapping[str, str] = {
    "environment": "Place and environment",
    "neo4j_uri": "Neo4j",
    "host": "Service",
    "api_key": "Callers",
    "graphql_documents": "GraphQL",
    "vault_key": "Guests",
    "till_timeout_s": "Tills",
    "intake_max_body": "Intake",
}
"""The first setting of each section; settings are shown in the order of the class."""


def page() -> str:
    """The whole page."""
    parts: list[str] = []
    rows: list[list[str]] = []
    for name, field in Settings.model_fields.items():
        if name in _SECTIONS:
            rows = []
            parts += [f"## {_SECTIONS[name]}", ""]
        rows.append([f"`{variable(name)}`", _default(field), takes(field), field.description or ""])
        parts[-1] = table(["variable", "default", "takes", "meaning"], rows)
    intro = "How to set them, and what a change does, is in docs/configuration.md."
    return document("Settings", "`domain/settings.py`", intro, *parts)


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"REGULARS_{name.upper()}"


def _default(field: FieldInfo) -> str:
    value = field.default
    if value is None:
        return "unset"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
