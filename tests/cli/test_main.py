"""Every command has a name and says what it does."""

from __future__ import annotations

from typer.main import get_command

from cli.main import app


def test_every_command_says_what_it_does() -> None:
    commands = get_command(app).commands  # pyright: ignore
    assert {"serve", "demo", "ingest", "audit", "rules", "keys", "backup", "restore", "bench"} <= set(commands)
    assert [name for name, command in commands.items() if not command.help] == []
