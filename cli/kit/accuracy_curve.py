"""Draws precision and recall of a labelled table over the cut."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import TypeVar

import leather

from domain.errors import InvalidInput
from matching.evaluate import pairwise

_CUTS = range(-4, 9)
_Label = TypeVar("_Label", bound=Hashable)


def labelled(labels: Sequence[_Label], truth: Sequence[str]) -> dict[str, _Label]:
    """The labels of rows with a known true label, by row number: the other rows are resolved, but not measured."""
    return {str(row): label for row, label in enumerate(labels) if truth[row]}


def draw_curve(
    labels_at: Callable[[float], Sequence[Hashable]], truth: Sequence[str], path: Path
) -> list[dict[str, float]]:
    """Writes the curve as SVG to `path`; returns cut (log-odds), precision, recall and F1 of each point. `labels_at`
    gives the labels of all rows at a cut."""
    if path.suffix.lower() != ".svg":
        raise InvalidInput(f"{path.name} is no SVG file.", hint="Name a file that ends in .svg.")
    points: list[dict[str, float]] = []
    for cut in _CUTS:
        scores = pairwise(labelled(labels_at(cut), truth), labelled(truth, truth))
        figures = {"precision": scores.precision, "recall": scores.recall, "f1": scores.f1}
        points.append({"cut": cut} | {name: round(value, 5) for name, value in figures.items()})
    chart = leather.Chart("Precision and recall over the cut")
    for name in ("precision", "recall"):
        chart.add_line([(point["cut"], point[name]) for point in points], name=name)
    least = min(min(point["precision"], point["recall"]) for point in points)
    chart.add_y_scale(int(least * 10) / 10, 1)
    chart.add_x_axis(name="log-odds above which two clusters join")
    with warnings.catch_warnings():  # leather warns about a value at the upper end of the axis
        warnings.simplefilter("ignore", UserWarning)
        chart.to_svg(str(path))
    return points
