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
    Aliases are refused, as a few lines of them can stand for more than any memory holds; so is a key that comes twice.
    """
    try:
        return model.model_validate(_content(text))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        problem = f" {error.problem}" if isinstance(error, _Refused) else " not YAML"
        raise SetupError(f"{what} cannot be read:{problem}{where}.", hint=hint) from error
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)[:_MOST_FAULTS]
        places = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {_words(fault)}" for fault in faults)
        raise SetupError(f"{what} cannot be read: {places}", hint=hint) from error


class _Refused(yaml.MarkedYAMLError):
    """What is YAML, and not taken here."""


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _Refused(problem="it has an alias (*)", problem_mark=self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                raise _Refused(problem=f"{key.value} comes twice", problem_mark=key.start_mark)
        return super().construct_mapping(node, deep)


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
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except (ValueError, ArithmeticError, RecursionError) as error:  # a day such as 2026-02-31, or endless brackets
        if isinstance(error, UnicodeDecodeError):
            raise
        raise yaml.YAMLError(str(type(error))) from error
