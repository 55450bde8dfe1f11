"""settings.md: every setting with its default, what it takes and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from cli.reference.markdown import document, table
from domain.settings import Settings

_SECTIONS: Mapping[str, str] = {
    "environment": "Place and environment",
    "neo4j_uri": "Neo4j",
    "host": "Service",
    "api_key": "Callers",
    "graphql_documents": "GraphQL",
    "vault_key": "Guests",
    "intake_max_body": "Intake",
}
"""The first setting of each section; settings are shown in the order of the class."""
_KINDS: Mapping[Any, str] = {
    bool: "`True` or `False`",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    SecretStr: "secret",
}


def page() -> str:
    """The whole page."""
    parts: list[str] = []
    rows: list[list[str]] = []
    for name, field in Settings.model_fields.items():
        if name in _SECTIONS:
            rows = []
            parts += [f"## {_SECTIONS[name]}", ""]
        rows.append([f"`{variable(name)}`", _default(field), _takes(field), field.description or ""])
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


def _takes(field: FieldInfo) -> str:
    kinds = [kind for kind in get_args(field.annotation) if kind is not type(None)]
    if get_origin(field.annotation) is Literal:
        return " or ".join(f"`{kind}`" for kind in kinds)
    if get_origin(field.annotation) is dict:
        return "JSON"
    kind = kinds[0] if kinds else field.annotation
    return _KINDS[kind] + "".join(_bounds(field))


def _bounds(field: FieldInfo) -> list[str]:
    words: list[str] = []
    for bound in field.metadata:
        match bound:
            case Ge(ge=least):
                words.append(f" from {least:,}")
            case Gt(gt=least):
                words.append(f" over {least:,}")
            case Le(le=most):
                words.append(f"{',' if words[0].startswith(' over') else ''} to {most:,}")
            case _:
                raise TypeError(f"no words for {bound}")
    return words
