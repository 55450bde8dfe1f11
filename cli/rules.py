"""`regulars rules`: rehearse changed identity rules on the stored graph, then apply them in the background."""

from __future__ import annotations

import asyncio
import csv
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.shown_tables import show_table
from domain.errors import InvalidInput
from domain.settings import Settings, settings
from identity.claims import ClaimsReader
from identity.rule_changes.apply import apply_rules
from identity.rule_changes.rehearse import Rehearsal, rehearse
from matching.evaluate import Scores
from matching.policy import Policies
from privacy.vault import Vault, open_vault
from runtime.service import open_database, open_service, policies_of

app = typer.Typer(no_args_is_help=True, help="Identity rules: rehearse a change, apply it.")


@app.command(name="rehearse")
def rehearse_(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="The changed identity policies (YAML). Unset: as configured."),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A model of `regulars train` (JSON). Unset: as configured."),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="CSV with source, id and label; one label is one person."),
    ] = None,
    records: Annotated[int | None, typer.Option(min=1, help="Stop after this many records. Unset: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what changed identity policies or another model would do to the stored people. Nothing is written.

    See docs/matching.md#rules-rehearsed.
    """
    config = settings()
    if file is None and model is None:
        raise InvalidInput("Nothing to rehearse.", hint="Name changed policies, or a model with --model.")
    policies = policies_of(
        config.model_copy(
            update={"identity_config": file or config.identity_config, "identity_model": model or config.identity_model}
        )
    )
    vault = open_vault(config)
    truth = _labels(labels, ClaimsReader(vault, policies, config.default_region)) if labels else {}
    rehearsal = asyncio.run(_rehearsed(config, vault, policies, records))
    report = _report(rehearsal, truth)
    if as_json:
        typer.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    else:
        _print(report)


@app.command(name="apply")
def apply(
    after: Annotated[str, typer.Option(help="Go on after this key, which an interrupted run printed.")] = "",
) -> None:
    """Partition all records again by the configured policies, page by page, while the service runs."""
    asyncio.run(_applied(settings(), after))


async def _rehearsed(config: Settings, vault: Vault, policies: Policies, most: int | None) -> Rehearsal:
    rehearsal = Rehearsal()
    with _progress() as progress:
        task = progress.add_task("records rehearsed")
        async with open_database(config) as database:
            await database.ready()
            async for so_far in rehearse(database, vault, policies, most=most):
                rehearsal = so_far
                progress.update(task, completed=rehearsal.records, description=f"{rehearsal.records} records rehearsed")
    return rehearsal


async def _applied(config: Settings, after: str) -> None:
    with _progress() as progress:
        task = progress.add_task("records partitioned again")
        async with open_service(config) as service:
            reached = after
            try:
                async for key, done in apply_rules(service.parts, after):
                    reached = key
                    progress.update(task, completed=done, description=f"{done} records partitioned again")
            except BaseException:
                if reached:
                    Console(stderr=True).print(f"Continue with: regulars rules apply --after '{reached}'", markup=False)
                raise
    Console(stderr=True).print("All records are partitioned by the configured policies.")


def _progress() -> Progress:
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    return Progress(*columns, console=Console(stderr=True), transient=True)


def _labels(path: Path, reader: ClaimsReader) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if missing := {"source", "id", "label"} - set(rows.fieldnames or ()):
            raise InvalidInput(f"The labels have no column {', '.join(sorted(missing))}.", hint="source,id,label")
        return {reader.record_key(row["source"], row["id"]): row["label"] for row in rows}


def _report(rehearsal: Rehearsal, truth: dict[str, str]) -> dict[str, Any]:
    report: dict[str, Any] = {
        "records": rehearsal.records,
        "peopleBefore": rehearsal.people_before,
        "peopleAfter": rehearsal.people_after,
        "merges": rehearsal.merges,
        "splits": rehearsal.splits,
        "riskiest": [case._asdict() for case in rehearsal.cases],
    }
    if truth:
        before, after = rehearsal.accuracy(truth)
        report |= {"before": _scores(before), "after": _scores(after)}
    return report


def _scores(scores: Scores) -> dict[str, float]:
    return {"precision": scores.precision, "recall": scores.recall, "f1": scores.f1}


def _print(report: dict[str, Any]) -> None:
    screen = Console()
    screen.print(
        f"{report['records']} records: {report['peopleBefore']} people today, {report['peopleAfter']} then; "
        f"{report['merges']} would be the result of merges, {report['splits']} would be split."
    )
    for name in ("before", "after"):
        if name in report:
            screen.print(f"labelled records, {name}: " + ", ".join(f"{k} {v:.4f}" for k, v in report[name].items()))
    table = Table("what", "customers", "records", "bits", "why", title="The riskiest")
    for case in report["riskiest"]:
        numbers = ", ".join(case["numbers"][:4]) + (" …" if len(case["numbers"]) > 4 else "")
        table.add_row(case["kind"], numbers, str(case["records"]), f"{case['bits']:.1f}", case["reason"])
    if report["riskiest"]:
        show_table(table)
