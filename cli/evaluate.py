"""`regulars evaluate`: measures how well matching resolves a labelled table, without tuning on its labels."""

from __future__ import annotations

import re
import resource
import time
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import orjson
import typer
import yaml
from rich.console import Console
from rich.table import Table

from cli.kit.accuracy_curve import draw_curve, labelled
from cli.kit.resolved_people import Through, evidence, in_memory, through_store
from cli.kit.shown_tables import show_table
from domain.errors import InvalidInput
from domain.settings import settings
from ingest.files.table import read_table
from ingest.files.table_events import events_of, holds_people
from matching.evaluate import bcubed, largest_cluster, pairwise, singletons
from matching.records import Record
from matching.scoring import Model, score_pair
from matching.scoring.training import train
from matching.tables import ResolvedTable, resolve_table
from matching.tables.kinds import Kind
from matching.tables.proposal import propose
from matching.tables.whole_dates import with_whole_dates
from runtime.service import policies_of

_MAX_MISTAKES = 200_000  # pairs searched for the worst mistakes


def evaluate(
    files: Annotated[
        list[Path], typer.Argument(exists=True, dir_okay=False, help="CSV or Parquet, read as one table.")
    ],
    label: Annotated[str, typer.Option(help="The column that says who a row truly is. Matching never sees it.")],
    label_pattern: Annotated[
        str | None, typer.Option(help="A regular expression: the label is its first match in the label column.")
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="YAML of column: kind. Unset: proposed from names and contents."
        ),
    ] = None,
    mistakes: Annotated[
        int, typer.Option(min=0, max=100, help="Show this many of the worst mistakes of each kind, with their rows.")
    ] = 0,
    curve: Annotated[
        Path | None,
        typer.Option(help="Draw precision and recall over the cut to this SVG file. The result does not change."),
    ] = None,
    through: Annotated[
        Through | None,
        typer.Option(help="Send the rows into an empty store this way, and read the people back. Unset: in memory."),
    ] = None,
    learn: Annotated[
        bool, typer.Option("--learn", help="Learn a model from the rows first, without their labels.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Resolve a labelled table without its labels, and report how right the result was.

    Rows that name people are resolved as the service would resolve them in an empty store. Rows of other things are
    resolved by what the table itself teaches. See docs/tables.md.
    """
    table = with_whole_dates(read_table(files))
    if label not in table:
        raise InvalidInput(f"There is no column {label}.", hint=f"The table has: {', '.join(table)[:500]}.")
    truth = labels_of(table.pop(label), label_pattern)
    kinds = kinds_of(mapping, table) if mapping is not None else propose(table)
    if not kinds:
        raise InvalidInput("No column identifies the person of a row.", hint="Name the columns' kinds with --mapping.")
    if holds_people(kinds):
        _people(table, kinds, truth, through=through, learn=learn, mistakes=mistakes, curve=curve, as_json=as_json)
        return
    if through is not None or learn:
        raise InvalidInput(
            "These rows name no people, so no store takes them.", hint="Leave out --through and --learn."
        )
    started = time.perf_counter()
    with Console(stderr=True).status(f"Resolving {len(truth):,} rows …"):
        resolved = resolve_table(table, kinds)
        labels = resolved.labels()
    population = len(labels) * (len(labels) - 1) / 2
    figures = _figures(labels, truth) | {
        "estimated_pairs": round(resolved.model.prior * population),
        "compared_pairs": len(resolved.left),
        **_cost(started),
    }
    wrong = _mistakes(resolved, labels, truth, mistakes)
    points = draw_curve(resolved.labels, truth, curve) if curve is not None else []
    if as_json:
        whole = figures | {"fields": _weights(resolved)} | ({"mistakes": wrong} if mistakes else {})
        whole |= {"curve": points} if points else {}
        typer.echo(orjson.dumps(whole, option=orjson.OPT_INDENT_2))
        return
    _show(figures)
    _show_weights(resolved)
    for mistake in wrong:
        _show_mistake(mistake, resolved, table)


def _people(
    table: Mapping[str, Sequence[str]],
    kinds: Mapping[str, Kind],
    truth: Sequence[str],
    *,
    through: Through | None,
    learn: bool,
    mistakes: int,
    curve: Path | None,
    as_json: bool,
) -> None:
    config, events = settings(), list(events_of(table, kinds))
    policies = policies_of(config)
    started = time.perf_counter()
    with Console(stderr=True).status(f"Resolving {len(truth):,} rows …"), TemporaryDirectory() as folder:
        if learn:
            policies = replace(policies, model=train(evidence(events, config, policies), None).model)
            learned = Path(folder) / "model.json"
            learned.write_text(policies.model.text(), "utf-8")
            config = config.model_copy(update={"identity_model": learned})
        labels = through_store(events, through, config) if through else in_memory(events, config, policies)
    figures = _figures(labels, truth) | {"model": policies.model.version} | _cost(started)
    records = {record.key: record for record in evidence(events, config, policies)} if mistakes else {}
    wrong = _wrong_people(list(records.values()), labels, truth, policies.model, mistakes)

    def at(cut: float) -> list[str]:
        return in_memory(events, config, replace(policies, model=replace(policies.model, link=cut)))

    points = draw_curve(at, truth, curve) if curve is not None else []
    if as_json:
        whole = figures | ({"mistakes": wrong} if mistakes else {}) | ({"curve": points} if points else {})
        typer.echo(orjson.dumps(whole, option=orjson.OPT_INDENT_2))
        return
    _show(figures)
    for mistake in wrong:
        _show_wrong(mistake, table, kinds)


def _wrong_people(
    records: Sequence[Record], labels: Sequence[str], truth: Sequence[str], model: Model, most: int
) -> list[dict[str, Any]]:
    """The pairs that were wrongly joined or kept apart with the least doubt. Rows count from 1."""
    found: list[dict[str, Any]] = []
    for what, together, apart in (("wrongly joined", labels, truth), ("wrongly kept apart", truth, labels)):
        pairs = list(islice(_differing(together, apart, truth), _MAX_MISTAKES)) if most else []
        scores = {(left, right): score_pair(records[left], records[right], model) for left, right in pairs}
        for left, right in sorted(pairs, key=lambda pair: (-abs(scores[pair].bits), pair))[:most]:
            score = scores[left, right]
            fields = {
                field.name: {"level": field.level, "strangers": field.strangers, "relatives": field.relatives}
                for field in score.fields
            }
            found.append({"what": what, "rows": [left + 1, right + 1], "bits": score.bits, "fields": fields})
    return found


def _show_wrong(mistake: Mapping[str, Any], table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind]) -> None:
    left, right = map(int, mistake["rows"])
    shown = Table("column", f"row {left}", f"row {right}", title=f"{mistake['what']}, {mistake['bits']:+.1f} bits")
    for name in kinds:
        shown.add_row(name, table[name][left - 1], table[name][right - 1])
    for name, field in mistake["fields"].items():
        bits = f"{field['strangers']:+.1f} against strangers, {field['relatives']:+.1f} against relatives"
        shown.add_row(name, field["level"], bits)
    show_table(shown)


def labels_of(texts: Sequence[str], pattern: str | None) -> list[str]:
    """The labels of a column. Raises InvalidInput where it is empty, or the pattern finds none."""
    if not any(texts):
        raise InvalidInput("The label column is empty.")
    if pattern is None:
        return list(texts)
    try:
        find = re.compile(pattern).search
    except re.error as error:
        raise InvalidInput(f"--label-pattern is no regular expression: {error}.") from None
    matches = [find(text) for text in texts]
    if not all(matches):
        raise InvalidInput(f"--label-pattern finds nothing in row {matches.index(None) + 1} of the label column.")
    return [match[0] for match in matches if match]


def kinds_of(path: Path, table: Mapping[str, Sequence[str]]) -> dict[str, Kind]:
    """The kinds that a mapping file gives to columns. Raises InvalidInput."""
    try:
        read: Any = yaml.safe_load(path.read_text("utf-8"))
        kinds = {str(name): Kind(kind) for name, kind in dict(read).items()}
    except (yaml.YAMLError, ValueError, TypeError, UnicodeDecodeError):
        raise InvalidInput(
            f"{path.name} is not a map of column: kind.", hint=f"Kinds are: {', '.join(Kind)}."
        ) from None
    missing = [name for name in kinds if name not in table]
    if missing:
        raise InvalidInput(
            f"There is no column {', '.join(missing)}.", hint=f"The table has: {', '.join(table)[:500]}."
        )
    return kinds


def _figures(clusters: Sequence[Hashable], labels: Sequence[str]) -> dict[str, Any]:
    predicted, truth = labelled(clusters, labels), labelled(labels, labels)
    pairs, elements = pairwise(predicted, truth), bcubed(predicted, truth)
    return {
        "records": len(labels),
        "labelled": len(truth),
        "people": len(set(truth.values())),
        "resolved": len(set(predicted.values())),
        "precision": round(pairs.precision, 5),
        "recall": round(pairs.recall, 5),
        "f1": round(pairs.f1, 5),
        "bcubed_precision": round(elements.precision, 5),
        "bcubed_recall": round(elements.recall, 5),
        "bcubed_f1": round(elements.f1, 5),
        "largest": largest_cluster(predicted),
        "singletons": singletons(predicted),
        "true_pairs": pairs.true_pairs,
    }


def _cost(started: float) -> dict[str, Any]:
    return {
        "seconds": round(time.perf_counter() - started, 2),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _weights(resolved: ResolvedTable) -> dict[str, dict[str, Any]]:
    return {
        column.name: {"kind": column.kind.value, "weights": [round(float(weight), 2) for weight in weights]}
        for column, weights in zip(resolved.columns, resolved.model.weights, strict=True)
    }


def _mistakes(resolved: ResolvedTable, labels: Sequence[int], truth: Sequence[str], most: int) -> list[dict[str, Any]]:
    """The pairs that were wrongly joined or kept apart with the least doubt. Rows count from 1."""
    worst_pairs: list[dict[str, Any]] = []
    for what, together, apart in (
        ("wrongly joined", labels, truth),
        ("wrongly kept apart", truth, labels),
    ):
        pairs = list(islice(_differing(together, apart, truth), _MAX_MISTAKES)) if most else []
        odds = resolved.odds([left for left, _ in pairs], [right for _, right in pairs])
        worst = sorted(range(len(pairs)), key=lambda n: (-abs(float(odds[n])), pairs[n]))[:most]
        for left, right in (pairs[n] for n in worst):
            why = resolved.explain(left, right)
            worst_pairs.append(
                {"what": what, "rows": [left + 1, right + 1], "log_odds": why.odds, "columns": why.columns}
                | {"prior": why.prior, "doubt": why.doubt, "contradicted": why.contradicted}
            )
    return worst_pairs


def _differing(
    together: Sequence[Hashable], apart: Sequence[Hashable], truth: Sequence[str]
) -> Iterator[tuple[int, int]]:
    """Pairs of labelled rows with one label in `together` and two in `apart`."""
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for row, label in enumerate(together):
        if truth[row]:
            groups[label].append(row)
    for rows in groups.values():
        yield from ((left, right) for left, right in combinations(rows, 2) if apart[left] != apart[right])


def _show_mistake(mistake: Mapping[str, Any], resolved: ResolvedTable, table: Mapping[str, Sequence[str]]) -> None:
    left, right = map(int, mistake["rows"])

    def cells(sources: Sequence[str], row: int) -> str:
        return ", ".join(filter(None, (table[name][row - 1] for name in sources)))

    shown = Table(
        "column",
        f"row {left}",
        f"row {right}",
        "counts",
        title=f"{mistake['what']}, log-odds {mistake['log_odds']:+.1f}",
    )
    for field in resolved.fields:
        worth = f"{mistake['columns'][field.name]:+.1f}"
        shown.add_row(field.name, cells(field.sources, left), cells(field.sources, right), worth)
    shown.add_row("how rare matches are", "", "", f"{mistake['prior']:+.1f}")
    shown.add_row("relatives or namesakes", "", "", "never" if mistake["contradicted"] else f"{mistake['doubt']:+.1f}")
    show_table(shown)


def _show(figures: Mapping[str, Any]) -> None:
    scores = Table("figure", "value", title="Nothing was tuned on the labels", title_justify="left")
    for name, value in figures.items():
        scores.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
    show_table(scores)


def _show_weights(resolved: ResolvedTable) -> None:
    fields = Table("column", "kind", "weights: different … equal (log-odds)")
    for name, field in _weights(resolved).items():
        fields.add_row(name, field["kind"], "  ".join(f"{weight:+.1f}" for weight in field["weights"]))
    show_table(fields)
