"""What a setting takes, in words: for the reference, and for whoever has set it to something else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

_KINDS: Mapping[Any, str] = {
    bool: "`True` or `False`",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    SecretStr: "secret",
}


def takes(field: FieldInfo) -> str:
    """The kind of value, and its bounds."""
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
