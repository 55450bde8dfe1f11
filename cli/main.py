"""The `regulars` command."""

from __future__ import annotations

import sys
from importlib import import_module

import typer
from rich.console import Console

from cli import bench, demo, ingest, neo4j, quarantine, serve, show, world
from domain.errors import RegularsError

app = typer.Typer(
    help="One true picture of each guest across brands, tills, web shops and apps.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # a traceback with local variables would print contact data
    add_completion=False,
)
