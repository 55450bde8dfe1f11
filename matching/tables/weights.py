"""The weight of agreement: Fellegi–Sunter weights by expectation maximisation over all pairs, without labels.

Candidates have a posterior; every other pair of the n(n−1)/2 counts as strangers, so blocking causes no bias (Fellegi
and Sunter 1969; Winkler 2000). A pair is one of three things: one person, two relatives, or two strangers. Relatives
agree like one person on values that a household shares (family name, address, phone), and like strangers on personal
values (given name, birth date, documents). Without relatives in the model, a family would look like one person, and
so would two organisations of a city. How often strangers agree comes from random pairs and, for equal values, from
the counts of values. `PRIORS` say before any table is read how a kind of field behaves among matches, and count as
some pairs: a large table outweighs them, a small or sparse one relies on them. Those of organisations are never
outweighed. Weights are natural log-odds; a missing value is no evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.tables.fields import Codes, Column, Floats
from matching.tables.kinds import CONTACTS, FAMILIES, NAMES, PERSONAL, Kind
from matching.tables.levels import Flags, Levels, compare, size, top

_RANDOM_PAIRS = 200_000
_SEED = 20_260_101
_ROUNDS = 60
_SETTLED = 1e-5
_LEAST = 1e-5  # of m and u, so that no level is impossible
_SEEN = 50.0  # pairs that PRIORS count as
_KNOWN_OF_ORGANISATIONS = 3.0  # times as many as the matches: else organisations of one city look like one
_UNPROVEN = 100.0  # pairs that the assumption "an unknown attribute is no evidence" counts as
_CHANCE = 0.05  # strangers of a table that share a document or an address by chance
_DILUTION = 2.5  # bits that such a value loses each time twice as many people use it; fewer bits than this count as 0
CLIP = 9.0
"""The highest log-odds of one pair, for or against: a sum of dependent fields is over-confident."""

PRIORS: dict[Kind, tuple[float, ...]] = {
    Kind.GIVEN: (0.01, 0.03, 0.20, 0.74, 0.02),
    Kind.MIDDLE: (0.10, 0.05, 0.25, 0.60),
    Kind.FAMILY: (0.06, 0.05, 0.15, 0.72, 0.02),
    Kind.SUFFIX: (0.0001, 0.9999),
    Kind.BIRTH: (0.01, 0.03, 0.14, 0.82),
    Kind.SEX: (0.02, 0.98),
    Kind.ID: (0.04, 0.06, 0.90),
    Kind.CODE: (0.10, 0.15, 0.75),
    Kind.EMAIL: (0.30, 0.05, 0.15, 0.50),
    Kind.PHONE: (0.40, 0.10, 0.50),
    Kind.ADDRESS: (0.30, 0.10, 0.25, 0.35),
    Kind.STREET: (0.25, 0.10, 0.15, 0.50),
    Kind.CITY: (0.15, 0.03, 0.07, 0.75),
    Kind.STATE: (0.10, 0.02, 0.03, 0.85),
    Kind.COUNTRY: (0.05, 0.01, 0.02, 0.92),
    Kind.POSTCODE: (0.20, 0.05, 0.75),
    Kind.ORGANISATION: (0.15, 0.10, 0.35, 0.40),
    Kind.EMPLOYER: (0.40, 0.10, 0.20, 0.30),
}
"""By kind, the shares of its levels among matches. In a table of people, a kind that is not listed here counts as no
evidence until the table shows that it is."""
_OF_NAMES = (
    Kind.GIVEN,
    Kind.MIDDLE,
    Kind.FAMILY,
    Kind.SUFFIX,
    Kind.SEX,
    Kind.STATE,
    Kind.COUNTRY,
)
_TELLING = (
    Kind.BIRTH,
    Kind.ADDRESS,
    Kind.STREET,
    Kind.CITY,
    Kind.POSTCODE,
    Kind.EMPLOYER,
    Kind.ORGANISATION,
)
_NAMESAKES = 2.08  # extra log-odds that a pair needs if only its names agree: three bits
_ERRONEOUS = 0.005  # share of matches with so many errors that they look like relatives; a table with no more has none
_TELLS_APART = (Kind.GIVEN, Kind.BIRTH, Kind.ID, Kind.CODE)
_TWINS = {
    Kind.BIRTH: (0.90, 0.03, 0.02, 0.05),
    Kind.GIVEN: (0.93, 0.01, 0.02, 0.03, 0.01),
}  # relatives agree on these more often than by chance


@dataclass(frozen=True, slots=True)
class TableModel:
    """`prior`: the share of all pairs that match; `relatives`: the share that are relatives. `m`, `u`, `h`: by column,
    then level, its share among matches, strangers and relatives. `rarity`: by column, then value, the extra log-odds of
    an agreement on this value compared with the column's mean."""

    prior: float
    relatives: float
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    h: tuple[Floats, ...]
    rarity: tuple[Floats, ...]

    @property
    def base(self) -> float:
        """The log-odds of a pair without any evidence: one person against strangers."""
        return float(np.log(self.prior / (1 - self.prior - self.relatives)))

    @property
    def weights(self) -> tuple[Floats, ...]:
        return tuple(np.log(m / u) for m, u in zip(self.m, self.u, strict=True))


def learn(columns: Sequence[Column], compared: Sequence[Levels], left: Codes, right: Codes, records: int) -> TableModel:
    """The model of these candidates in a population of `records`."""
    population = max(1.0, records * (records - 1) / 2)
    people = any(column.kind in (Kind.GIVEN, Kind.FAMILY) for column in columns)
    personal = _personal(columns)
    families = any(column.kind in FAMILIES or n == _title(columns) for n, column in enumerate(columns))
    strangers = _strangers(columns, records)
    seen = [
        _shares(np.array(PRIORS[column.kind])) if column.kind in PRIORS else stranger if people else _start(column.kind)
        for column, stranger in zip(columns, strangers, strict=True)
    ]
    m, u = list(seen), list(strangers)
    prior = min(0.1, max(1, records) / population / 2)
    relatives = prior / 2 if families else 0.0
    posterior = np.zeros(len(left))
    contacts = _contacts(columns)
    agreed = {
        n: (compared[n] == top(columns[n].kind), _of_pairs(columns[n], worth, left, right))
        for n, worth in contacts.items()
    }
    for _ in range(_ROUNDS):
        h = _of_relatives(columns, m, u)
        odds, kin = (
            np.full(len(left), _log_ratio(prior, prior + relatives)),
            np.full(len(left), _log_ratio(relatives, prior + relatives)),
        )
        for n, level in enumerate(compared):
            worth, shared = (np.append(np.log(over / u[n]), 0.0)[level] for over in (m[n], h[n]))
            if n in agreed:
                equal, contact = agreed[n]
                worth[equal] = contact[equal]
                if not personal[n]:
                    shared[equal] = contact[equal]
            odds += worth
            kin += shared
        against = np.logaddexp(0, np.minimum(kin, 700))
        fresh = 1 / (1 + np.exp(-np.clip(odds - against, -30, 30)))
        moved = float(np.abs(fresh - posterior).max(initial=0))
        posterior = fresh
        matches = float(posterior.sum())
        prior = min(0.5, max(matches, 0.5) / population)
        if families:
            near = float((1 / (1 + np.exp(-np.clip(kin - np.logaddexp(0, odds), -30, 30)))).sum())
            relatives = min(0.4, max(near - _ERRONEOUS * matches, 0.0) / population)
        for n, (level, stranger) in enumerate(zip(compared, strangers, strict=True)):
            present = level >= 0
            of_matches = np.bincount(level[present], posterior[present], len(stranger))
            if columns[n].kind is not Kind.SUFFIX:  # no match may have two suffixes, so there is nothing to learn
                known = _SEEN if columns[n].kind in PRIORS else _UNPROVEN
                if columns[n].kind is Kind.ORGANISATION:
                    known = max(known, _KNOWN_OF_ORGANISATIONS * matches)
                m[n] = _shares(of_matches + known * seen[n])
            both_known = columns[n].filled * (columns[n].filled - 1) / 2
            u[n] = _shares(np.maximum(both_known * stranger - of_matches, 0) + _LEAST)
        if moved < _SETTLED:
            break
    rarity = tuple(
        contacts[n] - np.log(m[n][-1] / u[n][-1])
        if n in contacts
        else _rarity(column, compared[n], left, posterior, float(u[n][top(column.kind)]))
        for n, column in enumerate(columns)
    )
    return TableModel(prior, relatives, tuple(m), tuple(u), tuple(_of_relatives(columns, m, u)), rarity)


def _of_relatives(columns: Sequence[Column], m: Sequence[Floats], u: Sequence[Floats]) -> list[Floats]:
    return [
        m_of if not personal else np.array(_TWINS[column.kind]) if column.kind in _TWINS else u_of
        for column, personal, m_of, u_of in zip(columns, _personal(columns), m, u, strict=True)
    ]


def _personal(columns: Sequence[Column]) -> list[bool]:
    """Which columns relatives do not share."""
    title = _title(columns)
    return [column.kind in PERSONAL or n == title for n, column in enumerate(columns)]


def _title(columns: Sequence[Column]) -> int | None:
    """The column that names the things of a table without people: the text with the most different values."""
    if any(column.kind in (*FAMILIES, *NAMES) for column in columns):
        return None
    texts = [(len(column.values), -n) for n, column in enumerate(columns) if column.kind is Kind.TEXT]
    return -max(texts)[1] if texts else None


def _log_ratio(share: float, related: float) -> float:
    return float(np.log(max(share, 1e-300) / (1 - related)))


def _contacts(columns: Sequence[Column]) -> dict[int, Floats]:
    """For columns whose values belong to one person: by value, the log-odds of two records that share it. These are the
    policy's bits, fewer the more people of different names use the value, and 0 below a few bits."""
    named = next((column for kind in (Kind.GIVEN, Kind.FAMILY) for column in columns if column.kind is kind), None)
    worth_by_column: dict[int, Floats] = {}
    for n, column in enumerate(columns):
        if column.kind not in CONTACTS:
            continue
        users = np.ones(len(column.values))
        if named is not None and named.slots:
            name = np.append(named.traits[0], -1.0)[named.slots[0]]
            pairs = [np.stack([slot, name])[:, (slot >= 0) & (name >= 0)] for slot in column.slots]
            if pairs:
                distinct = np.unique(np.concatenate(pairs, axis=1), axis=1)[0].astype(np.int64)
                users = np.maximum(1, np.bincount(distinct, minlength=len(column.values)))
        bits = CONTACTS[column.kind] - _DILUTION * np.log2(users)
        worth_by_column[n] = np.where(bits < _DILUTION, 0.0, bits * np.log(2))
    return worth_by_column


def _of_pairs(column: Column, by_value: Floats, left: Codes, right: Codes) -> Floats:
    """Numbers by value, turned into numbers by pair; the lowest if there are several values."""
    by_set = np.append(column.of_sets(by_value, np.minimum.reduceat), 0.0)
    return np.minimum(by_set[column.codes[left]], by_set[column.codes[right]])


def contributions(
    columns: Sequence[Column], compared: Sequence[Levels], left: Codes, right: Codes, model: TableModel
) -> list[Floats]:
    """By column, the log-odds of each pair's level against strangers. An agreement on a rare value counts more; a fuzzy
    one gets half of that. 0 if a value is missing."""
    contributions_by_column: list[Floats] = []
    for column, level, weight, rarity in zip(columns, compared, model.weights, model.rarity, strict=True):
        worth = np.append(weight, 0.0)[level]
        if len(rarity):
            common, highest = _of_pairs(column, rarity, left, right), top(column.kind)
            fuzzy = 0.0 if column.kind in CONTACTS else common / 2
            worth += np.where(level == highest, common, np.where(level == highest - 1, fuzzy, 0.0))
        contributions_by_column.append(worth)
    return contributions_by_column


def score(
    columns: Sequence[Column], compared: Sequence[Levels], left: Codes, right: Codes, model: TableModel
) -> Floats:
    """The log-odds that each pair is one person and not relatives or strangers, clipped."""
    worth = contributions(columns, compared, left, right, model)
    odds = model.base + sum(worth, np.zeros(len(left))) + doubt(columns, compared, worth, model)
    return np.round(np.clip(odds, -CLIP, CLIP), 4).astype(np.float64)


def doubt(columns: Sequence[Column], compared: Sequence[Levels], worth: Sequence[Floats], model: TableModel) -> Floats:
    """The deduction from the log-odds of each pair because two relatives, or two namesakes, would agree as well; 0 in a
    table without people. `worth` are the contributions."""
    correction = np.zeros(len(compared[0]) if compared else 0)
    if model.relatives > 0:
        kin = correction + np.log(model.relatives / (1 - model.prior - model.relatives))
        own = _personal(columns)
        for personal, level, shared, u, h in zip(own, compared, worth, model.u, model.h, strict=True):
            kin += np.append(np.log(h / u), 0.0)[level] if personal else shared
        correction -= np.logaddexp(0, kin)
    if not any(column.kind is Kind.GIVEN for column in columns):
        return correction
    return np.where(_more_than_names(columns, compared, worth), correction, correction - _NAMESAKES)


def _more_than_names(columns: Sequence[Column], compared: Sequence[Levels], worth: Sequence[Floats]) -> Flags:
    """Pairs in which something other than names agrees. Namesakes are not one person, and a pair without anything but
    names is not joined."""
    agrees = np.zeros(len(compared[0]) if compared else 0, bool)
    for column, level, counts in zip(columns, compared, worth, strict=True):
        if column.kind in _OF_NAMES:
            continue
        least = 0.01 if column.kind in CONTACTS else -np.inf if column.kind in _TELLING else 1.0
        agrees |= (level >= top(column.kind) - 1) & (counts > least)
    return agrees


def contradicted(columns: Sequence[Column], compared: Sequence[Levels], model: TableModel) -> Flags:
    """Pairs that are never one person: their generations differ; or, unless a document agrees, a personal field differs
    that in this table differs more often between relatives than between records of one person."""
    none = np.zeros(len(compared[0]) if compared else 0, bool)
    agreed, differs, generations = none.copy(), none.copy(), none.copy()
    for column, level, m, h in zip(columns, compared, model.m, model.h, strict=True):
        if column.kind is Kind.SUFFIX:
            generations |= level == 0
        elif column.kind in _TELLS_APART and model.relatives * h[0] > model.prior * m[0]:
            differs |= level == 0
        if column.kind is Kind.ID:
            agreed |= level == top(Kind.ID)
    return generations | (differs & ~agreed)


def _strangers(columns: Sequence[Column], records: int) -> list[Floats]:
    """By column, the share of each level among random pairs (all pairs if they are few). The share of equal values
    comes from the counts of values, which a sample cannot show."""
    if records * (records - 1) // 2 <= _RANDOM_PAIRS:
        left, right = np.triu_indices(records, 1)
    else:
        left, right = np.random.default_rng(_SEED).integers(0, max(1, records), (2, _RANDOM_PAIRS))
    apart = left != right
    shares: list[Floats] = []
    for column, level in zip(columns, compare(columns, left[apart], right[apart]), strict=True):
        highest, filled = top(column.kind), float(column.filled)
        counts = np.bincount(level[level >= 0], minlength=size(column.kind)).astype(np.float64)
        pairs = max(1.0, filled * (filled - 1.0) / 2)
        chance = _CHANCE if column.kind in CONTACTS else 1.0
        equal = min(0.99, (float((column.counts * (column.counts - 1.0)).sum()) + chance) / 2 / pairs)
        counts += 0.5
        counts[highest] = 0
        counts *= (1 - equal) / max(1.0, counts.sum())
        counts[highest] = equal
        shares.append(_shares(counts + _LEAST / 10))
    return shares


def _rarity(column: Column, level: Levels, left: Codes, posterior: Floats, u_equal: float) -> Floats:
    """How much rarer than the column's mean a value is among strangers, in log-odds.

    The count of a value alone says little: four rows of a rare name may be one person. So the rarity comes from the
    pairs of strangers that agree on the value, shrunk half-way towards the mean.
    """
    equal = level == top(column.kind)
    of_sets = np.bincount(column.codes[left[equal]], posterior[equal], len(column.sizes))
    matched = np.bincount(column.flat, np.repeat(of_sets, column.sizes), len(column.values))
    pairs = column.counts * (column.counts - 1) / 2
    partners = 2 * np.maximum(pairs - matched, 0) / np.maximum(column.counts, 1)
    share = partners / max(1, column.filled)
    shrunk = (share + u_equal) / 2
    if column.kind in PRIORS:
        shrunk = np.minimum(shrunk, share + 0.5 / max(1, column.filled))
    return np.log(u_equal / shrunk)


def _start(kind: Kind) -> Floats:
    """The start for matches of an unlisted kind: mostly equal, sometimes alike, seldom different."""
    levels = np.full(size(kind), 0.1)
    levels[top(kind)] = size(kind)
    return _shares(levels)


def _shares(counts: Floats) -> Floats:
    floored = np.maximum(counts / max(counts.sum(), 1e-300), _LEAST)
    return floored / floored.sum()
