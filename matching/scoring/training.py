"""Trains a model on records: how often each level of each field occurs in one person, two relatives, two strangers.

Without labels this is expectation maximisation over all pairs (Fellegi and Sunter 1969; Winkler 2000): pairs that meet
on a token or an identifier have posteriors, and all other pairs of the n(n−1)/2 count as strangers, so blocking causes
no bias. With labels, one half of the people trains the model and the other half sets the threshold. Everything leans on
the shipped model, which weighs as much as a few pairs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import combinations
from math import log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.records import Record
from matching.scoring.blocking_tokens import MAX_CARRIERS, tokens_of
from matching.scoring.features import ComparedRecord, profiles_of
from matching.scoring.levels import DIFFERENT, EQUAL, LEVELS, SLIP, compared
from matching.scoring.model import Frequencies, Level, Model, default_model
from matching.scoring.pair import odds, score_profiles

Pair = tuple[int, int]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_RANDOM_PAIRS = 50_000
_SEED = 20_260_101
_ROUNDS = 60
_SETTLED = 1e-4
_SHIPPED_PAIRS = 5.0
"""The shipped model's levels of one person, and of two strangers, weigh as much as this many pairs."""
_SHIPPED_RELATIVES = 200.0
"""Its levels of two relatives: few tables hold many of them, and what differs in a household is the same everywhere."""
_LEAST = 1e-8
_LISTED = 2_000
_FEW = 3
_FEW_OF_A_STORE = 20
"""Records with a name from which on a model lists it. The model of a store is a file: it lists no rare names."""
_PRIOR_ROUNDS = 3
_MOST_ATTRIBUTES = 50
_BIN = 2.0
_FRESH = {
    EQUAL: Level(m=0.8, u=0.05, h=0.05),
    SLIP: Level(m=0.1, u=0.02, h=0.02),
    DIFFERENT: Level(m=0.1, u=0.93, h=0.93),
}
_CONTACTS = {"email": "emails", "phone": "phones", "government_id": "government_ids"}


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
class Drawn:
    """The first `records` were drawn by lot from a `population` of records; the others came with them, because they may
    be one person with one of them."""

    records: int
    population: int


@dataclass(frozen=True, slots=True)
class Trained:
    """`blocks`: pairs and recall by recipe. `matches`: how many pairs are one person, estimated or as labelled."""

    model: Model
    blocks: tuple[Block, ...]
    matches: float


def train(
    records: Sequence[Record], labels: Sequence[str] | None, precision: float = 0.99, drawn: Drawn | None = None
) -> Trained:
    """The model of these records. `precision`: the share of linked pairs that shall be one person, where labels say who
    is; without labels `link` stays, since odds mean the same in every model. `drawn`: how the records were drawn from a
    larger population, for which the model is."""
    sample = _Sample(records, drawn)
    learning = sample.halves(labels)
    truth = None if labels is None else sample.truth(labels)
    model, same = _learn(sample, truth, learning)
    if truth is None:
        model, same = _of_population(model, sample, same, drawn or Drawn(len(records), len(records)))
    if truth is None:
        matches = float(same.sum())
    else:
        same = truth
        matches = float(sum(n * (n - 1) / 2 for n in Counter(labels).values()))
    judged = learning if truth is None else ~learning
    bits = sample.bits(model)[judged]
    card: dict[str, Any] = {
        "rows": len(records),
        "labels": labels is not None,
        "matches": round(matches, 1),
        "calibration": _curve(bits, same[judged]),
        "thresholds": "as shipped; review: four bits below link",
        "weights": "expectation maximisation over all pairs, leaning on the shipped model",
    }
    if truth is not None:
        model = replace(model, link=_threshold(bits, same[judged], precision))
        card["wanted_precision"] = precision
        card["thresholds"] = "link: from where linked pairs reach the precision; review: four bits below"
    if drawn is not None:
        card |= {"drawn": drawn.records, "population": drawn.population}
    model = versioned(replace(model, review=round(model.link - 4.0, 2), card=card))
    return Trained(model, sample.blocks(same), matches)


def _of_population(model: Model, sample: _Sample, same: Floats, drawn: Drawn) -> tuple[Model, Floats]:
    """The model with the prior of the whole population, and how likely each pair is one person then: of all pairs, the
    fewer are one person the more records there are."""
    of_drawn = np.array([(left < drawn.records) + (right < drawn.records) for left, right in sample.pairs], np.float64)
    for _ in range(_PRIOR_ROUNDS):
        per_record = float((same * of_drawn).sum()) / max(1, drawn.records)
        share = min(0.5, max(per_record, 1e-6) / max(1, drawn.population - 1))
        model = replace(model, prior=min(0.0, round(log2(share / (1 - share)), 2)))
        same = 1 / (1 + np.exp2(-sample.bits(model)))
    return model, same


def versioned(model: Model) -> Model:
    """The model under a version of its own: equal weights have equal versions."""
    digest = blake2b(replace(model, version="trained", card={}).text().encode(), digest_size=6).hexdigest()
    return replace(model, version=f"trained-{digest}")


def measure(model: Model, records: Sequence[Record], labels: Sequence[str]) -> Trained:
    """The same model with another card: its quality on the pairs of labelled records. Nothing is learned."""
    sample = _Sample(records)
    truth = sample.truth(labels)
    matches = float(sum(n * (n - 1) / 2 for n in Counter(labels).values()))
    bits = sample.bits(model)
    card: dict[str, Any] = {"rows": len(records), "labels": True, "matches": matches}
    for zone in ("link", "review"):
        inside = bits >= getattr(model, zone)
        card[f"from_{zone}"] = {
            "pairs": int(inside.sum()),
            "precision": round(float(truth[inside].mean()), 4) if inside.any() else None,
            "recall": round(float(truth[inside].sum()) / matches, 4) if matches else None,
        }
    card["calibration"] = _curve(bits, truth)
    return Trained(replace(model, card=dict(model.card) | card), sample.blocks(truth), matches)


class _Sample:
    """Records with the pairs of them that meet on a token or carry one identifier."""

    def __init__(self, records: Sequence[Record], drawn: Drawn | None = None) -> None:
        self.profiles = profiles_of(records)
        self.least = _FEW if drawn is None else _FEW_OF_A_STORE
        # Who came along shares something with the drawn ones, so only these say how common anything is. Records that
        # say the same may be one guest's: of a store they count once.
        self.common = self.profiles if drawn is None else list(dict.fromkeys(self.profiles[: drawn.records]))
        self.size = len(records)
        self._by_recipe, self._hot = _meetings(records)
        carriers: dict[object, list[int]] = defaultdict(list)
        for row, profile in enumerate(self.profiles):
            for name, attribute in _CONTACTS.items():
                for value in getattr(profile, attribute):
                    carriers[name, value].append(row)
        shared = (pair for rows in carriers.values() if len(rows) <= MAX_CARRIERS for pair in combinations(rows, 2))
        self.pairs = sorted(set(shared).union(*self._by_recipe.values()))

    def truth(self, labels: Sequence[str]) -> Floats:
        return np.array([float(labels[left] == labels[right]) for left, right in self.pairs])

    def halves(self, labels: Sequence[str] | None) -> Flags:
        """Which pairs teach: all without labels; with labels, pairs whose two people are both in one half."""
        if labels is None:
            return np.ones(len(self.pairs), bool)
        teaches = {label: blake2b(label.encode(), digest_size=1).digest()[0] % 2 == 0 for label in set(labels)}
        return np.array([teaches[labels[left]] and teaches[labels[right]] for left, right in self.pairs], bool)

    def bits(self, model: Model) -> Floats:
        """The score of each pair, common identifiers included."""
        return np.array([self._bits(*pair, model) for pair in self.pairs])

    def _bits(self, left: int, right: int, model: Model) -> float:
        a, b = self.profiles[left], self.profiles[right]
        score = score_profiles(a, b, model)
        common = [model.weights[name][EQUAL] for name in _common(a, b) if name in model.weights]
        return odds(
            score.strangers + sum(bits.strangers for bits in common),
            score.relatives + sum(bits.relatives for bits in common),
        )

    def blocks(self, same: Floats) -> tuple[Block, ...]:
        chances = dict(zip(self.pairs, same.tolist(), strict=True))
        met = Counter(pair for pairs in self._by_recipe.values() for pair in pairs)
        return tuple(
            Block(
                recipe,
                len(pairs),
                round(sum(chances[pair] for pair in pairs), 1),
                round(sum(chances[pair] for pair in pairs if met[pair] == 1), 1),
                self._hot[recipe],
            )
            for recipe, pairs in sorted(self._by_recipe.items(), key=lambda item: (-len(item[1]), item[0]))
        )


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


def _common(a: ComparedRecord, b: ComparedRecord) -> Iterator[str]:
    for name, attribute in _CONTACTS.items():
        if not set(getattr(a, attribute)).isdisjoint(getattr(b, attribute)):
            yield name


def _observed(a: ComparedRecord, b: ComparedRecord) -> Iterator[tuple[str, str]]:
    yield from compared(a, b)
    for name in _common(a, b):
        yield name, EQUAL


def _learn(sample: _Sample, truth: Floats | None, learning: Flags) -> tuple[Model, Floats]:
    """The model, and how likely each pair is one person."""
    start = _start(sample)
    columns = [(name, level) for name, levels in start.fields.items() for level in levels]
    place = {column: number for number, column in enumerate(columns)}
    owner = np.array([list(start.fields).index(name) for name, _ in columns])
    seen = [[place[c] for c in _observed(*(sample.profiles[n] for n in pair)) if c in place] for pair in sample.pairs]
    rows = np.repeat(np.arange(len(seen)), [len(found) for found in seen])
    flat = np.array([column for found in seen for column in found], np.int64)
    m0, u0, h0 = (
        np.array([getattr(start.fields[name][level], share) for name, level in columns]) for share in ("m", "u", "h")
    )
    # Attributes (a status, a country) may be the same in every row: they are weighed, and decide nothing here.
    decides = np.array([name in LEVELS for name, _ in columns])[flat]
    deciding_rows, deciding = rows[decides], flat[decides]
    log_u = _strangers(sample, start, deciding_rows, deciding, u0, place)
    m, h = m0, h0
    population = max(1.0, sample.size * (sample.size - 1) / 2)
    same_share = min(0.1, max(1.0, sample.size / 2) / population)
    relatives_share = same_share / 2
    weight = learning.astype(np.float64)
    same = np.zeros(len(seen))
    for _ in range(_ROUNDS):
        log_m, log_h = (np.bincount(deciding_rows, np.log2(share)[deciding], len(seen)) for share in (m, h))
        one = log2(same_share) + log_m
        kin = log2(relatives_share) + log_h
        none = log2(max(1e-9, 1 - same_share - relatives_share)) + log_u
        top = np.maximum(np.maximum(one, kin), none)
        parts = np.exp2(np.stack([one, kin, none]) - top)
        fresh = parts[0] / parts.sum(axis=0) if truth is None else truth
        related = (1 - fresh) * parts[1] / np.maximum(parts[1] + parts[2], 1e-300)
        moved = float(np.abs(fresh - same).max(initial=0.0))
        same = fresh
        m = _shares(_SHIPPED_PAIRS * m0 + np.bincount(flat, (same * weight)[rows], len(columns)), owner)
        h = _shares(_SHIPPED_RELATIVES * h0 + np.bincount(flat, (related * weight)[rows], len(columns)), owner)
        same_share = min(0.5, max(float(same.sum()), 0.5) / population)
        relatives_share = min(0.5, max(float(related.sum()), 0.05) / population)
        if moved < _SETTLED:
            break
    fields = {
        name: {
            level: Level(m=float(m[place[name, level]]), u=start.fields[name][level].u, h=float(h[place[name, level]]))
            for level in levels
        }
        for name, levels in start.fields.items()
    }
    # Generations are a rule, and not a matter of how often.
    fields["suffix"] = dict(default_model().fields["suffix"])
    prior = min(0.0, round(log2(same_share / (1 - same_share)), 2))
    relatives = float(np.clip(round(log2(same_share / relatives_share), 2), -20.0, 20.0))
    return replace(start, prior=prior, relatives=relatives, fields=fields), same


def _strangers(
    sample: _Sample, start: Model, rows: Any, flat: Any, u: Floats, place: Mapping[tuple[str, str], int]
) -> Floats:
    """By pair, the log2 share of what is seen among strangers: rare values that are equal are rarer still."""
    log_u = np.bincount(rows, np.log2(u)[flat], len(sample.pairs)).astype(np.float64)
    for number, (left, right) in enumerate(sample.pairs):
        for field in score_profiles(sample.profiles[left], sample.profiles[right], start).fields:
            if field.name in start.frequencies:
                level = start.fields[field.name][field.level]
                log_u[number] += log2(level.m) - field.strangers - log2(level.u)
    return log_u


def _start(sample: _Sample) -> Model:
    """The shipped model, with shares among strangers and frequencies of names as these records have them."""
    shipped = default_model()
    having = Counter(name for profile in sample.common for name in profile.attributes)
    attributes = sorted(name for name, count in having.items() if count >= sample.least)[:_MOST_ATTRIBUTES]
    fields = {name: dict(shipped.fields.get(name, _FRESH)) for name in (*LEVELS, *attributes)}
    counts = {
        name: {level: _SHIPPED_PAIRS * share.u for level, share in levels.items()} for name, levels in fields.items()
    }
    size = len(sample.common)
    pairs = np.random.default_rng(_SEED).integers(0, max(1, size), (_RANDOM_PAIRS, 2)).tolist()
    for left, right in pairs:
        if left != right:
            for name, level in compared(sample.common[left], sample.common[right]):
                if name in counts:
                    counts[name][level] += 1
    for name, levels in fields.items():
        total = sum(counts[name].values())
        fields[name] = {
            level: share.model_copy(update={"u": min(1.0, max(_LEAST, counts[name][level] / total))})
            for level, share in levels.items()
        }
    frequencies = {
        "given_name": _frequencies((p.given[0] for p in sample.common if p.given), sample.least),
        "family_name": _frequencies(("".join(p.family) for p in sample.common if p.family), sample.least),
    }
    return replace(shipped, fields=fields, frequencies=frequencies)


def _frequencies(values: Iterator[str], least: int) -> Frequencies:
    """The share of each common value. One half of the records that have it may be one person's."""
    counter = Counter(values)
    total = max(1, counter.total())
    common = sorted((item for item in counter.items() if item[1] >= least), key=lambda item: (-item[1], item[0]))[
        :_LISTED
    ]
    return Frequencies(
        unseen=max(1e-6, 1 / total), values={value: round(count / total, 7) for value, count in sorted(common)}
    )


def _shares(counts: Floats, owner: NDArray[np.int64]) -> Floats:
    totals = np.bincount(owner, counts)
    return np.maximum(counts / totals[owner], _LEAST)


def _threshold(bits: Floats, same: Floats, precision: float) -> float:
    """The lowest bits, at least even odds, from which the pairs above reach the precision."""
    order = np.argsort(-bits, kind="stable")
    reached = np.cumsum(same[order]) / np.arange(1, len(order) + 1) >= precision
    good = bits[order][reached & (bits[order] >= 0)]
    if not len(good):
        return round(max(0.0, float(bits.max(initial=0.0))) + 1, 2)
    return round(max(0.0, float(good.min()) - 0.005), 2)


def _curve(bits: Floats, truth: Floats) -> list[dict[str, float]]:
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
