"""Trains a model on a table: weights learned over all pairs, calibrated, with a card that documents it.

Without labels, weights come from the posteriors of `matching.tables`, whose expectation maximisation counts all pairs,
and thresholds from the odds themselves. With labels, one half of the people trains the model and the other half tests
it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import combinations
from math import log2
from typing import Any

import numpy as np

from matching.records import Record
from matching.scoring.blocking_tokens import MAX_CARRIERS, tokens_of
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.levels import DIFFERENT, EQUAL, LEVELS, SLIP, compared
from matching.scoring.model import Frequencies, Level, Model, default_model
from matching.scoring.pair import score_profiles
from matching.scoring.table_records import records_of
from matching.tables import resolve_table
from matching.tables.kinds import Kind

Pair = tuple[int, int]
_RANDOM_PAIRS = 50_000
_SEED = 20_260_101
_PRIOR_PAIRS = 20.0
"""The shipped model's m and u weigh as much as this many pairs of the table."""
_LISTED = 2_000
_BIN = 2.0
_FRESH = {EQUAL: Level(m=0.8, u=0.05), SLIP: Level(m=0.1, u=0.02), DIFFERENT: Level(m=0.1, u=0.93)}


@dataclass(frozen=True, slots=True)
class Block:
    """The yield of one token recipe: `pairs` that it makes, `matches` among them, `only`: matches that no other recipe
    finds, `hot`: tokens that too many records carry."""

    recipe: str
    pairs: int
    matches: float
    only: float
    hot: int


@dataclass(frozen=True, slots=True)
class Trained:
    """`blocks`: pairs and recall by recipe. `matches`: how many pairs are one person, estimated or as labelled."""

    model: Model
    blocks: tuple[Block, ...]
    matches: float


def train(
    table: Mapping[str, Sequence[str]],
    kinds: Mapping[str, Kind],
    labels: Sequence[str] | None,
    precision: float,
    regression: Callable[[np.ndarray[Any, Any], np.ndarray[Any, Any]], tuple[Sequence[float], float]] | None = None,
) -> Trained:
    """The model of a table. `regression` fits level indicators to labels and returns coefficients and intercept."""
    records = records_of(table, kinds)
    profiles = [profile_of(record) for record in records]
    by_recipe, hot = _meetings(records)
    pairs = sorted(set[Pair]().union(*by_recipe.values()))
    if labels is None:
        resolved = resolve_table(table, kinds)
        odds = resolved.odds([left for left, _ in pairs], [right for _, right in pairs]) if pairs else np.zeros(0)
        chances = 1 / (1 + np.exp(-odds))
        matches = resolved.model.prior * len(records) * (len(records) - 1) / 2
    else:
        chances = np.array([float(labels[left] == labels[right]) for left, right in pairs])
        matches = float(sum(n * (n - 1) / 2 for n in Counter(labels).values()))
    learning = _halves(pairs, labels)
    model = _weigh(profiles, pairs, np.where(learning, chances, 0.0), learning, matches, kinds)
    card: dict[str, Any] = {"rows": len(records), "labels": labels is not None, "wanted_precision": precision}
    if labels is not None and regression is not None:
        model, card["regression"] = _regressed(model, profiles, pairs, chances, learning, regression)
    model, curve = _calibrated(model, profiles, pairs, chances, learning, labels is not None, precision)
    blocks = tuple(_blocks(by_recipe, dict(zip(pairs, chances.tolist(), strict=True)), hot))
    card |= {"matches": round(matches, 1), "calibration": curve, "thresholds": _how(labels is not None)}
    card["weights"] = "m from matches, u from random pairs, both leaning on the shipped model where the table is small"
    return Trained(replace(model, card=card), blocks, matches)


def measure(
    model: Model, table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind], labels: Sequence[str]
) -> Trained:
    """The same model with another card: its quality on the pairs of a labelled table. Nothing is learned."""
    records = records_of(table, kinds)
    profiles = [profile_of(record) for record in records]
    by_recipe, hot = _meetings(records)
    pairs = sorted(set[Pair]().union(*by_recipe.values()))
    truth = np.array([float(labels[left] == labels[right]) for left, right in pairs])
    matches = float(sum(n * (n - 1) / 2 for n in Counter(labels).values()))
    bits = _bits(pairs, profiles, model)
    card: dict[str, Any] = {"rows": len(records), "labels": True, "matches": matches}
    for zone in ("link", "review"):
        inside = bits >= getattr(model, zone)
        card[f"from_{zone}"] = {
            "pairs": int(inside.sum()),
            "precision": round(float(truth[inside].mean()), 4) if inside.any() else None,
            "recall": round(float(truth[inside].sum()) / matches, 4) if matches else None,
        }
    card["calibration"] = _curve(bits, truth)
    blocks = tuple(_blocks(by_recipe, dict(zip(pairs, truth.tolist(), strict=True)), hot))
    return Trained(replace(model, card=dict(model.card) | card), blocks, matches)


def _how(labelled: bool) -> str:
    if labelled:
        return "link: the lowest bits from which pairs of people kept aside reach the precision; review: even odds"
    return "link: the bits at which a pair's own odds are the precision; review: even odds"


def _meetings(records: Sequence[Record]) -> tuple[dict[str, set[Pair]], Counter[str]]:
    rows_by_token: dict[str, list[int]] = defaultdict(list)
    for row, record in enumerate(records):
        for token in tokens_of(record):
            rows_by_token[token].append(row)
    pairs_by_recipe: dict[str, set[Pair]] = defaultdict(set)
    hot = Counter[str]()
    for token, rows in rows_by_token.items():
        recipe = token.partition("|")[0]
        if len(rows) > MAX_CARRIERS:
            hot[recipe] += 1
        else:
            pairs_by_recipe[recipe].update(combinations(rows, 2))
    return pairs_by_recipe, hot


def _blocks(by_recipe: Mapping[str, set[Pair]], chances: Mapping[Pair, float], hot: Counter[str]) -> list[Block]:
    met = Counter(pair for pairs in by_recipe.values() for pair in pairs)
    return [
        Block(
            recipe,
            len(pairs),
            round(sum(chances[pair] for pair in pairs), 1),
            round(sum(chances[pair] for pair in pairs if met[pair] == 1), 1),
            hot[recipe],
        )
        for recipe, pairs in sorted(by_recipe.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _halves(pairs: Sequence[Pair], labels: Sequence[str] | None) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which pairs train the model: all without labels; with labels, pairs whose two people are both in one half."""
    if labels is None:
        return np.ones(len(pairs), bool)
    teaches = {label: blake2b(label.encode(), digest_size=1).digest()[0] % 2 == 0 for label in set(labels)}
    return np.array([teaches[labels[left]] and teaches[labels[right]] for left, right in pairs], bool)


def _weigh(
    profiles: Sequence[ComparedRecord],
    pairs: Sequence[Pair],
    chances: np.ndarray[Any, Any],
    learning: np.ndarray[Any, Any],
    matches: float,
    kinds: Mapping[str, Kind],
) -> Model:
    shipped = default_model()
    names = {
        *LEVELS,
        *(name for name, kind in kinds.items() if kind in (Kind.NUMBER, Kind.TEXT, Kind.ID)),
    }
    priors = {name: dict(shipped.fields.get(name, _FRESH)) for name in sorted(names)}
    m = {name: {level: _PRIOR_PAIRS * prior.m for level, prior in levels.items()} for name, levels in priors.items()}
    u = {name: {level: _PRIOR_PAIRS * prior.u for level, prior in levels.items()} for name, levels in priors.items()}
    for (left, right), chance, teaches in zip(pairs, chances.tolist(), learning.tolist(), strict=True):
        if teaches and chance > 0.01:
            for name, level in compared(profiles[left], profiles[right]):
                if name in m:
                    m[name][level] += chance
    size = len(profiles)
    for left, right in np.random.default_rng(_SEED).integers(0, max(1, size), (_RANDOM_PAIRS, 2)).tolist():
        if left != right:
            for name, level in compared(profiles[left], profiles[right]):
                if name in u:
                    u[name][level] += 1
    fields = {
        name: {
            level: Level(
                m=max(1e-6, m[name][level] / sum(m[name].values())),
                u=max(1e-6, u[name][level] / sum(u[name].values())),
            )
            for level in levels
        }
        for name, levels in priors.items()
    }
    share = min(0.5, max(matches, 0.5) / max(1.0, size * (size - 1) / 2))
    return replace(
        shipped,
        version="trained-1",
        prior=round(log2(share / (1 - share)), 2),
        fields=fields,
        frequencies=_frequencies(profiles),
    )


def _frequencies(profiles: Sequence[ComparedRecord]) -> dict[str, Frequencies]:
    counts = {
        "given_name": Counter(profile.given[0] for profile in profiles if profile.given),
        "family_name": Counter("".join(profile.family) for profile in profiles if profile.family),
    }
    frequencies: dict[str, Frequencies] = {}
    for name, counter in counts.items():
        total = max(1, counter.total())
        common = sorted((item for item in counter.items() if item[1] > 2), key=lambda item: (-item[1], item[0]))[
            :_LISTED
        ]
        frequencies[name] = Frequencies(
            unseen=max(1e-6, 1 / total), values={value: round(count / total, 7) for value, count in sorted(common)}
        )
    return frequencies


def _regressed(
    model: Model,
    profiles: Sequence[ComparedRecord],
    pairs: Sequence[Pair],
    truth: np.ndarray[Any, Any],
    learning: np.ndarray[Any, Any],
    regression: Callable[[np.ndarray[Any, Any], np.ndarray[Any, Any]], tuple[Sequence[float], float]],
) -> tuple[Model, dict[str, Any]]:
    """The weights of a regression instead of the learned ones, if they are better on the other half of the people."""
    columns = [(name, level) for name, levels in model.fields.items() for level in levels]
    place = {column: number for number, column in enumerate(columns)}
    rows = np.zeros((len(pairs), len(columns)))
    for row, (left, right) in enumerate(pairs):
        for column in compared(profiles[left], profiles[right]):
            if column in place:
                rows[row, place[column]] = 1
    if len(set(truth[learning].tolist())) < 2 or len(set(truth[~learning].tolist())) < 2:
        return model, {"used": False, "why": "too few pairs of one sort"}
    coefficients, intercept = regression(rows[learning], truth[learning])
    regressed = replace(
        model,
        prior=round(min(0.0, intercept / np.log(2)), 2),
        fields={
            name: {
                level: learned.model_copy(
                    update={"weight": round(coefficients[place[name, level]] / float(np.log(2)), 3)}
                )
                for level, learned in levels.items()
            }
            for name, levels in model.fields.items()
        },
    )
    held = [pair for pair, teaches in zip(pairs, learning.tolist(), strict=True) if not teaches]
    losses = [_loss(_bits(held, profiles, candidate), truth[~learning]) for candidate in (model, regressed)]
    better = losses[1] < losses[0]
    comparison = {"used": better, "log_loss_learned": round(losses[0], 5), "log_loss_regression": round(losses[1], 5)}
    return (regressed if better else model), comparison | {"held_out_pairs": len(held)}


def _bits(pairs: Sequence[Pair], profiles: Sequence[ComparedRecord], model: Model) -> np.ndarray[Any, Any]:
    return np.array([score_profiles(profiles[left], profiles[right], model).bits for left, right in pairs])


def _loss(bits: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> float:
    chance = np.clip(1 / (1 + np.exp2(-bits)), 1e-9, 1 - 1e-9)
    return float(-np.mean(truth * np.log(chance) + (1 - truth) * np.log(1 - chance)))


def _calibrated(
    model: Model,
    profiles: Sequence[ComparedRecord],
    pairs: Sequence[Pair],
    chances: np.ndarray[Any, Any],
    learning: np.ndarray[Any, Any],
    labelled: bool,
    precision: float,
) -> tuple[Model, list[dict[str, float]]]:
    """The model with its thresholds, and its curve: for each bin of two bits, the share of pairs of one person."""
    judged = ~learning if labelled else learning
    held = [pair for pair, judges in zip(pairs, judged.tolist(), strict=True) if judges]
    bits, truth = _bits(held, profiles, model), chances[judged]
    own_odds = log2(precision / (1 - precision))
    link = own_odds
    if labelled and len(bits):
        order = np.argsort(-bits, kind="stable")
        reached = np.cumsum(truth[order]) / np.arange(1, len(order) + 1) >= precision
        good = bits[order][reached & (bits[order] >= 0)]
        link = max(float(good.min()), 0.0) if len(good) else max(own_odds, float(bits.max()) + 1)
    return replace(model, review=min(0.0, link), link=round(link, 2)), _curve(bits, truth)


def _curve(bits: np.ndarray[Any, Any], truth: np.ndarray[Any, Any]) -> list[dict[str, float]]:
    """For each bin of two bits: the number of pairs, and the share that is one person, predicted and found."""
    curve: list[dict[str, float]] = []
    bins = np.floor(bits / _BIN)
    for at in sorted(set(bins.tolist())):
        inside = bins == at
        curve.append(
            {
                "from_bits": at * _BIN,
                "pairs": int(inside.sum()),
                "predicted": round(float((1 / (1 + np.exp2(-bits[inside]))).mean()), 4),
                "found": round(float(truth[inside].mean()), 4),
            }
        )
    return curve
