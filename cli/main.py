"""The `regulars` command: every subcommand is a module of this package."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import audit, bench, decisions, jobs, keys, ledger, loyalty, neo4j, programme, quarantine, rules, tokens, world
from cli.backup import backup, restore
from cli.check import check
from cli.config import config
from cli.demo import demo
from cli.evaluate import evaluate
from cli.ingest import ingest
from cli.rebuild import rebuild
from cli.resolve import resolve
from cli.serve import serve
from cli.slow import slow
from cli.train import train
from domain.settings import unknown_variables
from runtime.logs import configure_logs, silent_logs
from runtime.shown_errors import shown_errors

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with local variables would print contact data
)


@app.callback()
def begin(
    context: typer.Context,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", help="Also print the log, as JSON lines on standard error; `serve` always does."),
    ] = False,
) -> None:
    """One true picture of each guest across brands, tills, web shops and apps."""
    for name, meant in unknown_variables().items():
        typer.echo(f"{name} is no setting." + (f" Did you mean {meant}?" if meant else ""), err=True)
    if verbose or context.invoked_subcommand == "serve":
        configure_logs()
    else:
        context.with_resource(silent_logs())


app.command()(demo)
app.command()(serve)
app.command()(ingest)
app.command()(evaluate)
app.command()(resolve)
app.command()(train)
app.command()(check)
app.command()(config)
app.command()(slow)
app.command()(backup)
app.command()(restore)
app.command()(rebuild)
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(audit.app, name="audit")
app.add_typer(ledger.app, name="ledger")
app.add_typer(programme.app, name="programme")
app.add_typer(loyalty.app, name="loyalty")
app.add_typer(jobs.app, name="jobs")
app.add_typer(keys.app, name="keys")
app.add_typer(tokens.app, name="tokens")
app.add_typer(decisions.app, name="decisions")
app.add_typer(rules.app, name="rules")
app.add_typer(neo4j.app, name="neo4j")
app.add_typer(world.app, name="world")
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Runs the command."""
    with shown_errors():
        app()


if __name__ == "__main__":
    main()
