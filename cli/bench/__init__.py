"""`regulars bench`: the figures that the README quotes, each beside something to compare with."""

from __future__ import annotations

import typer

from cli.bench import identity_benches, loyalty_benches, service_benches

app = typer.Typer(help="Benchmarks, on a Neo4j and service of their own.", no_args_is_help=True)
for _benches in (service_benches, loyalty_benches, identity_benches):
    app.add_typer(_benches.app)
