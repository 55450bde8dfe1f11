"""commands.md: every command with its arguments and options."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any

import typer

from cli.main import app
from cli.reference.markdown import document, one_line, table


def page() -> str:
    """The whole page."""
    root = typer.main.get_command(app)
    found = list(commands(root))
    index = [(f"[`{words}`](#{words.replace(' ', '-')})", _paragraphs(command)[0]) for words, command in found]
    parts = [
        "`regulars COMMAND --help` shows the same.",
        table(["command", "does"], index),
        "Before the command stands what holds for all of them, as in `regulars --verbose ingest FILE`:",
        *_parameters(root),
    ]
    for words, command in found:
        parts += [f"## {words}", *_paragraphs(command)[1:], *_parameters(command)]
    return document("Commands", "the commands in `cli/`", *parts)


def commands(command: Any, words: str = "regulars") -> Iterator[tuple[str, Any]]:
    """Each command by its words, groups left out."""
    children: dict[str, Any] = getattr(command, "commands", {})
    for word, child in children.items():
        yield from commands(child, f"{words} {word}")
    if not children:
        yield words, command


def _paragraphs(command: Any) -> list[str]:
    return [one_line(paragraph) for paragraph in inspect.cleandoc(command.help).split("\n\n")]


def _parameters(command: Any) -> list[str]:
    rows = [(_name(parameter), _default(parameter), parameter.help) for parameter in command.params]
    return [table(["argument or option", "default", "meaning"], rows)] if rows else ["It takes no options."]


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
        return f"`{name}`" + (" …" if parameter.nargs == -1 else "")
    return ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))


def _default(parameter: Any) -> str:
    value = parameter.default
    if parameter.required:
        return "required"
    if value is True:
        return f"`{parameter.opts[0]}`"
    if value is None or value is False or value == "":
        return ""
    return f"`{value.value if isinstance(value, Enum) else value}`"
