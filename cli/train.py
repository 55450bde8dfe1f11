"""`regulars train`: learns a scoring model from the store's records or a table; prints its blocking report and card."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.evaluate import kinds_of, labels_of
from cli.kit.resolved_people import evidence
from cli.kit.shown_tables import show_table
from domain.errors import InvalidInput
from domain.settings import Settings, settings
from identity.rule_changes.decided import read_decided
from identity.rule_changes.sample import sample_records
from ingest.files.table import read_table
from ingest.files.table_events import events_of
from matching.decided_pairs import decided_pairs, taught
from matching.scoring.training import Drawn, Trained, measure
from matching.scoring.training import train as learn
from matching.tables.proposal import propose
from matching.tables.whole_dates import with_whole_dates
from privacy.vault import open_vault
from runtime.service import open_database, policies_of

_MOST_DECISIONS = 5_000
"""Decisions that teach, the newest ones."""


def train(
    out: Annotated[Path, typer.Option(dir_okay=False, help="The file for the model, as JSON.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            exists=True, dir_okay=False, help="CSV or Parquet, read as one table. Unset: the records of the store."
        ),
    ] = None,
    records: Annotated[
        int, typer.Option(min=100, max=1_000_000, help="From a larger store, learn from about this many records.")
    ] = 50_000,
    label: Annotated[
        str | None, typer.Option(help="The column that says who a row truly is. Unset: the table has no labels.")
    ] = None,
    label_pattern: Annotated[
        str | None, typer.Option(help="A regular expression: the label is its first match in the label column.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="YAML of column: kind. Unset: proposed from names and contents."
        ),
    ] = None,
    precision: Annotated[
        float,
        typer.Option(min=0.5, max=0.99999, help="With labels: the share of linked pairs that shall be one person."),
    ] = 0.99,
    keep: Annotated[
        bool, typer.Option("--keep", help="Learn nothing: write the configured model with its card for this table.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Make a scoring model from the store's own records or from a table, with a card, and with the pairs and recall of
    each blocking recipe.

    See docs/matching.md#models.
    """
    if not files:
        if label is not None or mapping is not None or keep:
            raise InvalidInput("Only a table has columns.", hint="Name the table's files.")
        trained = asyncio.run(_from_store(settings(), records, precision))
    else:
        trained = _from_table(files, label, label_pattern, mapping, precision, keep=keep)
    out.write_text(trained.model.text() + "\n", "utf-8")
    if as_json:
        typer.echo(orjson.dumps(_as_json(trained), option=orjson.OPT_INDENT_2))
    else:
        _show(trained)


async def _from_store(config: Settings, most: int, precision: float) -> Trained:
    with Console(stderr=True).status("Reading a sample of the records …"):
        async with open_database(config) as database:
            await database.ready()
            sample = await sample_records(database, open_vault(config), most)
            decided, shared = await read_decided(database, open_vault(config), _MOST_DECISIONS)
    if not sample.records:
        raise InvalidInput("The store has no records to learn from.", hint="Send events first, or name a table.")
    with Console(stderr=True).status(f"Learning from {len(sample.records):,} of {sample.population:,} records …"):
        trained = learn(sample.records, None, precision, Drawn(sample.drawn, sample.population))
        policies = replace(policies_of(config), model=trained.model)
        return taught(trained, decided_pairs(decided, shared, policies))


def _from_table(
    files: list[Path],
    label: str | None,
    label_pattern: str | None,
    mapping: Path | None,
    precision: float,
    *,
    keep: bool,
) -> Trained:
    table = with_whole_dates(read_table(files))
    labels: list[str] | None = None
    if label is not None:
        if label not in table:
            raise InvalidInput(f"There is no column {label}.", hint=f"The table has: {', '.join(table)[:500]}.")
        labels = labels_of(table.pop(label), label_pattern)
    kinds = kinds_of(mapping, table) if mapping is not None else propose(table)
    if not kinds:
        raise InvalidInput("No column identifies the person of a row.", hint="Name the columns' kinds with --mapping.")
    if keep and labels is None:
        raise InvalidInput("Without labels the model cannot be measured.", hint="Name the column: --label.")
    config = settings()
    policies = policies_of(config)
    with Console(stderr=True).status("Learning …"):
        records = evidence(list(events_of(table, kinds)), config, policies)
        return measure(policies.model, records, labels or []) if keep else learn(records, labels, precision)


def _as_json(trained: Trained) -> dict[str, Any]:
    model = trained.model
    return {
        "version": model.version,
        "prior": model.prior,
        "review": model.review,
        "link": model.link,
        "blocks": [
            {"recipe": b.recipe, "pairs": b.pairs, "matches": b.matches, "only": b.only, "hot": b.hot}
            for b in trained.blocks
        ],
        "relatives": model.relatives,
        "weights": {
            name: {level: bits._asdict() for level, bits in levels.items()} for name, levels in model.weights.items()
        },
        "card": model.card,
    }


def _show(trained: Trained) -> None:
    blocks = Table("token recipe", "pairs", "matches", "found by it alone", "hot tokens", title="Pairs against recall")
    for b in trained.blocks:
        blocks.add_row(b.recipe, f"{b.pairs:,}", f"{b.matches:,.0f}", f"{b.only:,.0f}", f"{b.hot:,}")
    show_table(blocks)
    weights = Table("field", "bits against strangers / relatives, from equal to different")
    for name, levels in trained.model.weights.items():
        shown = (f"{level} {bits.strangers:+.1f}/{bits.relatives:+.1f}" for level, bits in levels.items())
        weights.add_row(name, "  ".join(shown))
    show_table(weights)
    card = Table("model card", "", title_justify="left")
    for name, value in trained.model.card.items():
        if name != "calibration":
            card.add_row(name, str(value))
    for bits in ("prior", "relatives", "review", "link"):
        card.add_row(bits, f"{getattr(trained.model, bits):.2f} bits")
    show_table(card)
    curve = Table("from bits", "pairs", "predicted", "found", title="Calibration")
    for row in trained.model.card["calibration"]:
        curve.add_row(f"{row['from_bits']:+.0f}", f"{row['pairs']:,}", f"{row['predicted']:.3f}", f"{row['found']:.3f}")
    show_table(curve)
