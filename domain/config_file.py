"""Configuration as YAML or JSON text: read into a model, and a mistake is named with its place."""

from __future__ import annotations

from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json

from domain.errors import SetupError

M = TypeVar("M", bound=BaseModel)
_MOST_FAULTS = 20


def parse_config(model: type[M], text: str | bytes, *, what: str, hint: str) -> M:
    """The content of a YAML or JSON text. `what` opens the message, such as "The loyalty rules".

    Raises SetupError that names the line where the text is no YAML, or the place of every mistake (the first twenty).
    """
    try:
        return model.model_validate(_content(text))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise SetupError(f"{what} cannot be read: not YAML{where}.", hint=hint) from error
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)[:_MOST_FAULTS]
        places = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {_words(fault)}" for fault in faults)
        raise SetupError(f"{what} cannot be read: {places}", hint=hint) from error


def _words(fault: ErrorDetails) -> str:
    if fault["type"] == "model_type":  # pydantic's own words name the class
        return "it is empty, or no mapping of names to values"
    return fault["msg"].removeprefix("Value error, ")


def _content(text: str | bytes) -> Any:
    opening = text.lstrip()[:1]
    if opening in ("{", b"{"):  # JSON is YAML too, but the reader of YAML is a hundred times slower
        try:
            return from_json(text)
        except ValueError:
            pass
    return yaml.safe_load(text)
